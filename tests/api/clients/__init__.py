"""Programs as other people write them against Swoogo's API; only the host is changed. Standard library only."""
