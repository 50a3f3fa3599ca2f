"""/metrics for Prometheus: what all processes counted, and what the rows say. Nothing here is personal."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from events.health import silence_of_worker
from events.metrics import registry_of_all_processes
from registrations.queries.figures import figures


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever knows the token; without one this address does not exist."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound("There is nothing here.\n", content_type="text/plain")
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        answer = HttpResponse(
            "Send the token: Authorization: Bearer …\n", status=401, content_type="text/plain"
        )
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    return HttpResponse(text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def text() -> bytes:
    """All figures as Prometheus reads them; without the database, those that were counted."""
    from prometheus_client import generate_latest

    lines = [f"# TYPE {name} gauge\n{name} {value}" for name, value in _from_rows()]
    return generate_latest(registry_of_all_processes()) + ("\n".join(lines) + "\n").encode()


def _from_rows() -> Iterator[tuple[str, float]]:
    try:
        found, silence = figures(), silence_of_worker()
    except (DatabaseError, InterfaceError):
        yield "seatwise_database_up", 0
        return
    yield "seatwise_database_up", 1
    for name, value in found.items():
        yield f"seatwise_{name}", value
    for loop, seconds in silence.items():
        if seconds is not None:
            yield f"seatwise_worker_silent_seconds_{loop}", seconds
