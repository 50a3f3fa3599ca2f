"""Read a backup into an empty place."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from registrations.backup import postgresql
from registrations.backup.manifest import BackupRefused, Manifest
from registrations.backup.writing import DATABASE_FILES, MEDIA


def restore(source: Path) -> Manifest:
    """Leave the backup's rows and files in this installation; refuse, before anything is written, what cannot be.

    The schema is the backup's: an older one has still to be migrated.
    """
    manifest = Manifest.read(source)
    manifest.check_files(source)
    _refuse_other_kind(manifest)
    _refuse_newer_version(manifest)
    _refuse_what_is_not_empty()
    file = source / DATABASE_FILES[manifest.database]
    if manifest.database == "postgresql":
        postgresql.load(file, manifest.tool)
    else:
        _load_sqlite(file)
    if (source / MEDIA).is_dir():
        shutil.copytree(source / MEDIA, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return manifest


def _refuse_other_kind(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise BackupRefused(
            f"The backup is of {manifest.database}, DATABASE_URL names {connection.vendor}. They must be the same."
        )


def _refuse_newer_version(manifest: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    unknown = set(manifest.migrations) - {".".join(one) for one in known}
    if unknown:
        raise BackupRefused(
            f"The backup was made by a newer version ({manifest.version}): this one does not know {min(unknown)}."
        )


def _refuse_what_is_not_empty() -> None:
    if connection.introspection.table_names():
        raise BackupRefused(
            "The database is not empty. Restore into a new one: nothing that exists is ever overwritten."
        )
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(media.iterdir()):
        raise BackupRefused(f"{media} is not empty. Move it away first: nothing that exists is overwritten.")


def _load_sqlite(file: Path) -> None:
    with (
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as target,
    ):
        source.backup(target)
    # What was known of the empty file is not true any more.
    connection.close()
