"""The backend that Django loads by `ENGINE`."""

from __future__ import annotations

import select
import time

from django.db.backends.postgresql import base

# Whatever drops connections that nobody uses (a firewall, a pooler) waits far longer than this.
JUST_USED_SECONDS = 5.0
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, which asks the server before each request whether it is there: a round trip for every click.

    A connection that was used in the last seconds is there unless its socket says otherwise: a server that ends it
    says so, and that can be read. Only then, after a pause, and after an error is the server asked.
    """

    health_check_done: bool
    _used_until = 0.0

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
