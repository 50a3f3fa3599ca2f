"""The REST API of sessions, tracks and speakers."""
