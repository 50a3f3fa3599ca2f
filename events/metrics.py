"""What is counted while it happens, for Prometheus; nothing at all unless metrics are switched on.

Each process counts in a file of its own below METRICS_DIR, and whoever is asked adds them up: so the figures are
right with any number of web and worker processes on one machine, and a process that ends takes none away.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from django.conf import settings

from events import tracing

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counted:
    """The counters of this process."""

    def __init__(self) -> None:
        # Slow to import, and needed by nobody who has not asked for it.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        words = (["action", "outcome"], ["kind"], ["outcome"])
        make = functools.partial(Counter, registry=self.registry)
        self.outcomes = make("seatwise_outcomes", "What became of claims and other acts.", words[0])
        self.lock_waits = make(
            "seatwise_lock_waits", "Locks waited for: deadlocks tried again, Busy.", words[1]
        )
        self.mails = make("seatwise_mails", "Mails sent, failed and closed unsent.", words[2])
        self.requests = Histogram(
            "seatwise_request_seconds",
            "How long requests took.",
            ["view", "method", "status"],
            registry=self.registry,
            buckets=_SECONDS,
        )


@functools.cache
def counted() -> Counted | None:
    """The counters; None while metrics are off."""
    return Counted() if settings.METRICS_ARE_ON else None


def note_result(action: str, result: Any) -> None:
    """Count what became of an act: each line of an agenda, or that it was done."""
    lines = getattr(result, "lines", None) or ()
    for outcome in [str(line.outcome) for line in lines] or ["done"]:
        note_outcome(action, outcome)


def note_outcome(action: str, outcome: str) -> None:
    """Count one outcome of an act."""
    tracing.note(f"{action}:{outcome}")
    if (all_counted := counted()) is not None:
        all_counted.outcomes.labels(action, outcome).inc()


def note_lock_wait(kind: str) -> None:
    """Count a lock that was not had at once: `deadlock` was tried again, `busy` was told."""
    if (all_counted := counted()) is not None:
        all_counted.lock_waits.labels(kind).inc()


def note_mail(outcome: str) -> None:
    """Count a mail that the worker dealt with."""
    if (all_counted := counted()) is not None:
        all_counted.mails.labels(outcome).inc()


def note_request(view: str, method: str, status: int, seconds: float) -> None:
    """Count one request, by the name of its view."""
    if (all_counted := counted()) is not None:
        method = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        all_counted.requests.labels(view, method, f"{status // 100}xx").observe(seconds)


def registry_of_all_processes() -> CollectorRegistry:
    """What all processes have counted, added up."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    own = counted()
    assert own is not None, "metrics are off"
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return own.registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
