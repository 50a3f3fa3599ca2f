"""Draws on the desk: planning one, its page from the first wish to what became of all of them, and its verbs."""
