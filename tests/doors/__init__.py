"""The doors: codes, phones, scans and what they become."""
