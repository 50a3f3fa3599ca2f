"""The organizer's desk: events, places, passes, people."""
