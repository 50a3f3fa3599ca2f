"""The doors: the page of the phones that stand there, and what they ask the server."""
