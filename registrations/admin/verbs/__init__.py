"""Verbs of people, seats and sessions. Panels name the classes that they offer."""
