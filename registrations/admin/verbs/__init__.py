"""What may be done with people, seats and sessions from the panels. Panels name the classes they offer."""
