"""Serving on one machine: a web server and a worker, watched, replaced without a gap, and ended in order."""
