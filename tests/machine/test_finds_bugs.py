"""The machine's own control: bugs put into the engine are found, each within a few examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from registrations import rules
from registrations.actions.journal import Journal
from registrations.actions.people import cancelling
from registrations.rules import refusals
from tests.machine.test_machine import OwnAgendas


def nobody_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seat given back is left to the worker's next sweep."""
    monkeypatch.setattr(cancelling, "settle_after_commit", lambda *_args, **_more: None)


def nothing_overlaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions at the same time are no conflict."""
    monkeypatch.setattr(refusals, "clashes", lambda *_args: [])


def everybody_waits_double(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever joins a line is counted twice."""
    weight = rules.weight
    monkeypatch.setattr(rules, "weight", lambda *args: 2 * weight(*args))


def mails_come_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mail is written twice, for two movements of one act."""
    tell = Journal.tell

    def twice(self: Journal, kind: Any, contact: Any, activity: Any, *more: Any, **words: Any) -> None:
        tell(self, kind, contact, activity, *more, **words)
        other = self.note(activity.verb, more[0], contact)
        tell(self, kind, contact, other, *more, **words)

    monkeypatch.setattr(Journal, "tell", twice)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        # A free seat beside who waits, or beside who was passed over and could be served now.
        (nobody_is_served, "idle_seat|a sweep right after an act"),
        (nothing_overlaps, r"\[overlap\]"),
        (everybody_waits_double, r"\[counters\]"),
        (mails_come_twice, "_nobody_is_told_twice"),
    ],
)
def test_finds_planted_bug(
    plant: Callable[[pytest.MonkeyPatch], None], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    profile = settings.get_profile("normal")
    few = settings(profile, phases=[Phase.generate], print_blob=False)
    with pytest.raises(AssertionError) as found:
        run_state_machine_as_test(OwnAgendas, settings=few)
    assert re.search(said, f"{found.value} {[str(entry.name) for entry in found.traceback]}")
