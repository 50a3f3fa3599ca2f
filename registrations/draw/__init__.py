"""The draw of seats: the rule by which it decides, as the one file that every event publishes beside its decisions."""
