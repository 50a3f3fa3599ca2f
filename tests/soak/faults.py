"""What goes wrong in a soak, and when: planned beforehand from the seed, so that it can be had again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from tests.soak.notes import Notebook
from waitlists.models import InvitationSlot

Plan = list[tuple[float, str]]
# By the time of an invitation that is over the worker has ended it.
SECONDS_TO_END_AN_INVITATION = 5.0


def plan(seed: int, seconds: float, weights: Mapping[str, float], every: float) -> Plan:
    """Return what goes wrong at which second: at random moments, in the mean so many seconds apart.

    The first time each kind comes once, in some order, however short it all is.
    """
    chance = random.Random(f"{seed}:faults")
    first, moment = list(weights), 0.0
    chance.shuffle(first)
    planned: Plan = []
    for number in count():
        moment += min(chance.uniform(0.4, 1.6) * every, max(seconds - 4, 1) / (len(weights) + 1) * 1.2)
        if moment > seconds - 3:
            return planned
        kind = first[number] if number < len(first) else chance.choices([*weights], [*weights.values()])[0]
        planned.append((moment, kind))
    return planned


class Injector(threading.Thread):
    """Brings the faults about as planned."""

    def __init__(self, planned: Plan, kinds: Mapping[str, Callable[[], object]], notes: Notebook) -> None:
        super().__init__(daemon=True)
        self._planned, self._kinds, self._notes = planned, kinds, notes
        self._enough = threading.Event()

    def run(self) -> None:
        """One after the other, each at its moment."""
        begun = time.monotonic()
        for moment, kind in self._planned:
            if self._enough.wait(max(0.0, begun + moment - time.monotonic())):
                return
            try:
                if self._kinds[kind]() is not False:
                    self._notes.injected(kind)
            except Exception as error:
                self._notes.accuse(f"the soak's own fault {kind!r}: {type(error).__name__}: {error}")
                raise

    def stop(self) -> None:
        """No more of it; the one in hand is brought to its end."""
        self._enough.set()
        self.join(120)


class Clockwork(threading.Thread):
    """Lets the time of open invitations be over, one by one, and measures how long the worker needs to end each."""

    def __init__(self, every: float) -> None:
        super().__init__(daemon=True)
        self.took: list[float] = []
        self._every, self._enough = every, threading.Event()

    def run(self) -> None:
        """Until asked to stop."""
        while not self._enough.wait(self._every):
            try:
                self._let_one_be_over()
            except (DatabaseError, InterfaceError):
                # It is restarted just now.
                connections.close_all()
        connections.close_all()

    def _let_one_be_over(self) -> None:
        slot = InvitationSlot.objects.filter(closed_at=None).order_by("?").first()
        if slot is None:
            return
        past = timezone.now() - timedelta(seconds=1)
        open_one = InvitationSlot.objects.filter(pk=slot.pk, closed_at=None)
        # By the wrong clock it may have been opened in the future.
        open_one.update(opened_at=past - timedelta(days=1), expires_at=past)
        begun = time.monotonic()
        while open_one.exists() and not self._enough.is_set() and time.monotonic() - begun < 60:
            time.sleep(0.05)
        self.took.append(time.monotonic() - begun)

    def stop(self) -> None:
        """No more."""
        self._enough.set()
        self.join(90)
