"""The fair draw: planned, wished for, frozen, decided by a public number, and published."""
