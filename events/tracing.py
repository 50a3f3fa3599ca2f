"""What belongs to the request in hand: its number, and what became of the acts in it."""

from __future__ import annotations

import threading


class _Request(threading.local):
    number = ""
    outcomes: tuple[str, ...] = ()


_request = _Request()
MOST_OUTCOMES = 50


def begin(number: str) -> None:
    """A request of this number begins in this thread."""
    _request.number, _request.outcomes = number, ()


def end() -> None:
    """The request of this thread is over."""
    begin("")


def number() -> str:
    """The number of the request in hand; empty outside of requests."""
    return _request.number


def note(outcome: str) -> None:
    """Something became of an act of this request."""
    if _request.number and len(_request.outcomes) < MOST_OUTCOMES:
        _request.outcomes += (outcome,)


def outcomes() -> tuple[str, ...]:
    """What became of the acts of this request, in their order."""
    return _request.outcomes
