"""The one place where the races' negative controls take the guards away. Whoever moves a guard follows here."""

from __future__ import annotations

import pytest

from events.models import SeatCount
from registrations import locks
from registrations.actions import checks

# True for any parameter; PostgreSQL wants to know of which type it is.
ANY = "0 * %s = 0"


def take_locks_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every lock a plain read, and every conditional counter update an unconditional one."""
    monkeypatch.setattr(locks, "FOR_UPDATE", "")
    monkeypatch.setattr(locks, "FITS", ANY)
    monkeypatch.setattr(locks, "UNCHANGED", ANY)
    # The new revision is written to the row, which locks it as well.
    monkeypatch.setattr(locks, "REVISE", "SELECT 0 * %s")


def count_without_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let newcomers find a seat wherever one is free, though people wait for it; all locks stay."""
    monkeypatch.setattr(SeatCount, "available", SeatCount.free)
    monkeypatch.setattr(locks, "FITS", "capacity IS NULL OR taken + held + %s <= capacity")


def sell_past_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let newcomers have every pass that is left, though people wait with it; all locks stay."""
    monkeypatch.setattr(checks, "is_spoken_for", lambda *_asked: False)
