"""Sold passes on the desk: how they are sold, what was sold, and one order with all that belongs to it."""
