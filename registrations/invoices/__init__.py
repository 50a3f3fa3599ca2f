"""Invoices as files: put into words of the payer's language, drawn as PDF, and kept as they were made."""

from registrations.invoices.files import BATCH, file_of, make_missing

__all__ = ["BATCH", "file_of", "make_missing"]
