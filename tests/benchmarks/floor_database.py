"""The database of a floor: this run's, as plain Django speaks to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from config.databases import database_from_environment


def floor_database() -> dict[str, Any]:
    """The site's own settings; on PostgreSQL with Django's own backend, which asks the server before each request."""
    found = database_from_environment(Path(os.environ["SEATWISE_DATA"]) / "db.sqlite3", durable=True)
    is_postgresql = found["ENGINE"] == "config.postgresql"
    return found | ({"ENGINE": "django.db.backends.postgresql"} if is_postgresql else {})
