"""What a supervisor and a load balancer ask: does the process live, and can it serve? Nothing here is personal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse

from events.database_trouble import trouble_of
from events.health import SILENT_AFTER, migrations_are_applied, silence_of_worker


def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; the database is not asked."""
    return _answer({"status": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when this instance can serve, else 503: the database, its migrations, and whether it is being drained.

    A silent worker is told and is no reason to stop serving.
    """
    said: dict[str, Any] = {"draining": Path(settings.DRAIN_FILE).exists()}
    try:
        said["migrations"] = "applied" if migrations_are_applied() else "missing"
        said["database"], said["worker"] = "ok", _of_worker()
    except (DatabaseError, InterfaceError) as error:
        said |= {"database": trouble_of(error) or "error", "migrations": "unknown"}
    is_ready = not said["draining"] and said["database"] == "ok" and said["migrations"] == "applied"
    return _answer({"status": "ready" if is_ready else "not ready", **said}, 200 if is_ready else 503)


def _of_worker() -> dict[str, Any]:
    loops = silence_of_worker()
    heard = all(seconds is not None and seconds <= SILENT_AFTER for seconds in loops.values())
    return {"status": "working" if heard else "silent", "silent_seconds": loops}


def _answer(said: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
