"""Doors on the desk: how many are in, live, and the page by which a phone becomes a door's device."""
