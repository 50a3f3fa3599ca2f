"""The database of a soak: a PostgreSQL of its own that can be restarted, or SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.failing.clusters import Cluster
from tests.failing.new_database import set_up

KINDS = ["postgresql", "sqlite"]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Cluster | None]:
    """Let Django work on a new one until the block ends."""
    if kind == "sqlite":
        set_up(folder)
        yield None
        return
    cluster = Cluster.new(folder)
    try:
        cluster.start()
        set_up(folder, cluster.url)
        yield cluster
    finally:
        if cluster.is_running():
            cluster.stop()
