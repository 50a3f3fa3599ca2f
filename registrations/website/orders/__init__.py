"""Passes that are sold: what a form comes to, the order's own page, paying and coming back."""
