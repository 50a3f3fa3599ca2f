"""The database that this process talks to: SQLite in a file, or PostgreSQL by `DATABASE_URL`."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database_from_environment(sqlite_path: Path, *, durable: bool) -> dict[str, Any]:
    """Return Django's settings for `DATABASE_URL`, or for `sqlite_path` when it is unset.

    `durable` keeps SQLite's acknowledged writes through a power failure; without it they survive a crash of
    the process only, which is enough for demo and tests.
    """
    url = os.environ.get("DATABASE_URL", "")
    return _postgresql(url) if url else _sqlite(sqlite_path, durable=durable)


def replica_from_environment() -> dict[str, dict[str, Any]]:
    """Return the standby of `DATABASE_REPLICA_URL`, from which newcomers' pages are read; {} when it is unset."""
    url = os.environ.get("DATABASE_REPLICA_URL", "")
    if not url:
        return {}
    settings = _postgresql(url, name="DATABASE_REPLICA_URL")
    # Who waits for a dead standby would have had the page from the database long ago.
    settings["OPTIONS"] = {"connect_timeout": 2, "tcp_user_timeout": 3_000, **settings["OPTIONS"]}
    return {"replica": settings | {"TEST": {"MIRROR": "default"}}}


def _sqlite(path: Path, *, durable: bool) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    synchronous = "FULL" if durable else "NORMAL"
    return {
        "ENGINE": "config.sqlite",
        "NAME": path,
        # To open the file anew for each request costs more than a claim.
        "CONN_MAX_AGE": 600 if durable else 0,
        "OPTIONS": {
            # A transaction that begins by reading and then writes fails under load; IMMEDIATE waits instead.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Python keeps 128 read statements of a connection; all that people and staff do needs several hundred.
            "cached_statements": 500,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};",
        },
        # A file, so that the live-server and race tests share it between threads.
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


def _postgresql(url: str, name: str = "DATABASE_URL") -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://, or be unset.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings: dict[str, Any] = {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Nobody waits longer than this for a seat's row; it becomes `Busy`, and nothing was changed.
            "options": "-c lock_timeout=3000 -c default_transaction_isolation=read\\ committed",
            "server_side_binding": True,
            "prepare_threshold": 5,
            **query,
        },
    }
    return _behind_pooler(settings) if os.environ.get("DATABASE_POOLER") == "1" else settings


def _behind_pooler(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out what belongs to one connection: a pooler lends another one for each transaction.

    It takes no options at the start either: `lock_timeout` is set by the pooler (see config/deploy/pgbouncer.ini).
    """
    del settings["OPTIONS"]["options"]
    settings["OPTIONS"]["prepare_threshold"] = None
    return settings | {"DISABLE_SERVER_SIDE_CURSORS": True}
