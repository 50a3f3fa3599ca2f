"""The event website, through HTTP and in Chromium."""
