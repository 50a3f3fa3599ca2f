"""The door page: what it is made of, and what it does in a real browser."""
