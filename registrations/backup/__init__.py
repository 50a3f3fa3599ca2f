"""A whole installation in one folder, and back: the database, the uploaded files, and what they must be."""

from registrations.backup.manifest import BackupRefused, Manifest
from registrations.backup.restoring import restore
from registrations.backup.writing import write_backup

__all__ = ["BackupRefused", "Manifest", "restore", "write_backup"]
