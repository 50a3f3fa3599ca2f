"""The backend that Django loads by `ENGINE`."""

from __future__ import annotations

import select
import time
from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.postgres import types
from psycopg.pq import Format

# Whatever drops connections that nobody uses (a firewall, a pooler) waits far longer than this.
JUST_USED_SECONDS = 5.0
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, which asks the server before each request whether it is there: a round trip for every click.

    A connection that was used in the last seconds is there unless its socket says otherwise: a server that ends it
    says so, and that can be read. Only then, after a pause, and after an error is the server asked.
    """

    connection: Any
    health_check_done: bool
    _used_until = 0.0

    def get_connection_params(self) -> dict[str, Any]:
        """Django's own, but that moments are read by the driver."""
        params = super().get_connection_params()
        return params | {"context": _with_own_moments(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the connection, whose moments are UTC; Django's asks each one for its zone."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)

    def close_if_unusable_or_obsolete(self) -> None:
        """At the end of a request, and at the beginning of the next one."""
        if self.health_check_done:
            self._used_until = time.monotonic()
        super().close_if_unusable_or_obsolete()

    def is_usable(self) -> bool:
        """Whether the connection can be used."""
        is_just_used = time.monotonic() - self._used_until < JUST_USED_SECONDS
        if is_just_used and not self.errors_occurred and self._is_silent():
            return True
        return super().is_usable()

    def _is_silent(self) -> bool:
        """Whether there is nothing to read: neither a word of the server's nor that it is gone."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), _READABLE)
        return not poll.poll(0)


@cache
def _with_own_moments(template: AdaptersMap) -> AdaptersMap:
    """Django's ways of reading and writing values, with the driver's own for moments.

    Django's is written in Python, and of a long list it takes longer than all that is said. It puts its own zone on
    every moment; here the connection's zone is UTC, and so the driver puts the same one.
    """
    own, kind = AdaptersMap(template), types["timestamptz"].oid
    loader = adapters.get_loader(kind, Format.TEXT)
    assert loader is not None
    own.register_loader(kind, loader)
    return own
