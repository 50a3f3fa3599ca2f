"""People on paper: badges, and lists by name for doors where no device works."""
