"""Payments at providers: one small port, and what goes through it. No card data ever comes here."""
