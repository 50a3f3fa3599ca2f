"""The draw: its rule, its files, its second implementation, and what it is worth."""
