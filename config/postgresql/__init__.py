"""PostgreSQL behind Django: a connection just used is looked at, not asked, before it is used again."""
