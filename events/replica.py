"""The read replica: a standby of the database from which newcomers' programme pages are read, where one is named.

Only who has neither a session nor an agenda here is served by it, for a standby is a moment behind: whoever has just
chosen something must find it chosen. Decisions are never made by what it says. A standby that does not answer is left
alone for a while, and the page is read from the database itself.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from events.database_trouble import trouble_of

logger = logging.getLogger(__name__)

REPLICA = "replica"
SECONDS_LEFT_ALONE = 10.0

_is_reading = ContextVar("is_reading_from_replica", default=False)
_left_alone_until = 0.0

View = Callable[..., HttpResponse]


class Router:
    """Django's database router: what a newcomer's page reads comes from the replica, all else from the database."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str | None:
        return REPLICA if _is_reading.get() else None

    def db_for_write(self, _model: Any, **_hints: Any) -> str | None:
        return None

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool | None:
        return False if db == REPLICA else None


def newcomers_read_replica(view: View) -> View:
    """Let `view` read from the replica when it only shows something, to somebody who has no cookie of ours."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _may_serve(request):
            return view(request, *args, **kwargs)
        reading = _is_reading.set(True)
        try:
            return view(request, *args, **kwargs)
        except (DatabaseError, InterfaceError) as error:
            if trouble_of(error) is None:
                raise
            _leave_alone(error)
        finally:
            _is_reading.reset(reading)
        return view(request, *args, **kwargs)

    return wrapped


def _may_serve(request: HttpRequest) -> bool:
    is_there = REPLICA in settings.DATABASES and time.monotonic() >= _left_alone_until
    return is_there and request.method in {"GET", "HEAD"} and not _has_cookie_of_ours(request)


def _has_cookie_of_ours(request: HttpRequest) -> bool:
    return any(name != settings.CSRF_COOKIE_NAME for name in request.COOKIES)


def _leave_alone(error: Exception) -> None:
    global _left_alone_until  # noqa: PLW0603 - one process, one opinion of the standby
    _left_alone_until = time.monotonic() + SECONDS_LEFT_ALONE
    logger.warning(
        "the read replica does not answer, pages are read from the database: %s", type(error).__name__
    )
