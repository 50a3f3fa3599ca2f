"""People by file: a table is read, its columns are understood, and each row becomes a wish with a verdict."""
