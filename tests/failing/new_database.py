"""Django in this process, on a database of its own; settings and models may be imported afterwards."""

from __future__ import annotations

import os
from pathlib import Path


def set_up(folder: Path, url: str = "") -> None:
    """Let Django work on the database of this URL, or on SQLite in the folder, with all its tables."""
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        **({"DATABASE_URL": url} if url else {}),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SEATWISE_PROFILE": "test",
        "SEATWISE_DATA": str(folder),
        "LOG_LEVEL": "CRITICAL",
    }
    import django

    django.setup()
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection

    from registrations.demo.empty_database import make_tables

    # At once: to go through every migration takes twenty seconds, and `tests/upgrades` does it.
    make_tables(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
