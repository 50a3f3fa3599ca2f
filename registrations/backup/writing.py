"""Write a backup while everything goes on."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from registrations.backup import postgresql
from registrations.backup.manifest import BackupRefused, Manifest, checksums, fingerprint

DATABASE_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MEDIA = "media"


def write_backup(target: Path) -> Manifest:
    """Leave a whole backup in `target`, which must not be there yet, and nothing there when it cannot be made.

    The database is as of one moment, and uploaded files are copied after it: whatever a row names is there.
    """
    if target.exists():
        raise BackupRefused(f"{target} is there already. Name a new folder for each backup.")
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    # It holds everybody's names and addresses.
    partial.mkdir(mode=0o700, parents=True)
    try:
        manifest = _fill(partial)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _fill(folder: Path) -> Manifest:
    file = folder / DATABASE_FILES[connection.vendor]
    tool = postgresql.dump(file) if connection.vendor == "postgresql" else _copy_sqlite(file)
    if Path(settings.MEDIA_ROOT).is_dir():
        shutil.copytree(settings.MEDIA_ROOT, folder / MEDIA)
    manifest = Manifest(
        made_at=timezone.now().isoformat(),
        version=_version(),
        database=connection.vendor,
        tool=tool,
        migrations=sorted(".".join(one) for one in MigrationRecorder(connection).applied_migrations()),
        files=checksums(folder),
        key=fingerprint(settings.SECRET_KEY),
    )
    manifest.write(folder)
    return manifest


def _copy_sqlite(file: Path) -> int:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    return sqlite3.sqlite_version_info[0]


def _version() -> str:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
