"""The one place where the races' negative controls take the guards away. Whoever moves a guard follows here."""

from __future__ import annotations

import pytest
from django.db.models import F, Q

from events.models import SeatCount
from registrations import locks

# True for any parameter; PostgreSQL wants to know of which type it is.
ANY = "0 * %s = 0"


def take_locks_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every lock a plain read, and every conditional counter update an unconditional one."""
    if not hasattr(locks, "FITS"):  # the guards before registrations/sql.py
        monkeypatch.setattr(locks, "_for_update", lambda rows: rows)
        monkeypatch.setattr(locks, "_fits", lambda more: Q())
        return
    monkeypatch.setattr(locks, "FOR_UPDATE", "")
    monkeypatch.setattr(locks, "FITS", ANY)
    monkeypatch.setattr(locks, "UNCHANGED", ANY)


def count_without_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let newcomers find a seat wherever one is free, though people wait for it; all locks stay."""
    monkeypatch.setattr(SeatCount, "available", SeatCount.free)
    if not hasattr(locks, "FITS"):
        monkeypatch.setattr(
            locks, "_fits", lambda more: Q(capacity=None) | Q(capacity__gte=F("taken") + F("held") + more)
        )
        return
    monkeypatch.setattr(locks, "FITS", "capacity IS NULL OR taken + held + %s <= capacity")
