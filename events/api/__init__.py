"""The REST API: what every resource shares, and the resources of this floor. Actions decide; here it is shaped."""
