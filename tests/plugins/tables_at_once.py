"""Makes the tests' tables as the models are today: to go through every migration takes ten times as long.

That the migrations lead to the same tables is a test of its own, which really migrates (`test_migrations.py`).
A database that is kept between runs is migrated as ever: it may be of yesterday's models.
"""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def tables_at_once(django_db_keepdb: bool) -> bool:
    """True when Django is told not to migrate: asked before the database is made."""
    from django.conf import settings

    if not django_db_keepdb:
        settings.DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False
    return not django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(tables_at_once: bool, django_db_setup: None, django_db_blocker: Any) -> None:
    """The databases know their migrations, so that processes of the product find nothing left to migrate."""
    from django.db import connection

    from registrations.demo.empty_database import note_migrations

    if tables_at_once:
        with django_db_blocker.unblock():
            note_migrations(connection)
