"""The desk's pages of uploads of people: file, columns, what would happen, the run, its result, and undoing it."""
