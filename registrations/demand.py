"""Refused tries: noted in the process while they happen, and added to the table of demand once a minute.

Noting is one append to a list that only grows at its end: it takes no lock, and asks no database. Each process adds
what it has noted to what is there, so several add up; it does so as well when it ends.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connections, transaction
from django.db.models import F

from events.actors import Actor
from events.errors import Refusal
from registrations.models import RefusedTries
from registrations.rules.outcomes import SUCCESSES, Outcome
from registrations.rules.results import Line
from registrations.rules.verdicts import Verdict

logger = logging.getLogger(__name__)

# The event, the session or None for the event itself, the outcome, and the hour.
Key = tuple[int, int | None, str, datetime]
COUNTED = frozenset(str(outcome) for outcome in set(Outcome) - SUCCESSES)


class Tries:
    """What one process has noted and not yet added to the table."""

    def __init__(self) -> None:
        self._noted: deque[tuple[int, int | None, str, datetime]] = deque()
        self._counted: Counter[Key] = Counter()
        # Of those who add to the table; nobody who notes something waits for it.
        self._adding = threading.Lock()

    def note(self, event_id: int, session_id: int | None, outcome: str, at: datetime) -> None:
        """Remember one refused try."""
        self._noted.append((event_id, session_id, outcome, at))

    def flush(self) -> int:
        """Add all that was noted to the table; return how many tries that were.

        What the database does not take now is kept for the next time; tries at what is no longer there are dropped.
        """
        with self._adding:
            self._count()
            added = 0
            try:
                # In one order in every process, each in a transaction of its own: none waits for another in a ring.
                for key in sorted(self._counted, key=lambda key: (key[0], key[1] or 0, *key[2:])):
                    _add(key, self._counted[key])
                    added += self._counted.pop(key)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("refused tries are kept for later: %s", error)
            return added

    def _count(self) -> None:
        while self._noted:
            event_id, session_id, outcome, at = self._noted.popleft()
            hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            self._counted[event_id, session_id, outcome, hour] += 1


def _add(key: Key, number: int) -> None:
    event_id, session_id, outcome, hour = key
    rows = RefusedTries.objects.filter(event=event_id, session=session_id, outcome=outcome, hour=hour)
    if rows.update(number=F("number") + number):
        return
    try:
        with transaction.atomic():
            RefusedTries.objects.create(
                event_id=event_id, session_id=session_id, outcome=outcome, hour=hour, number=number
            )
    except IntegrityError:
        # Another process was first; else the event or the session is gone, and nothing is there to be updated.
        rows.update(number=F("number") + number)


class _Process:
    """This process's tries, and the thread that adds them to the table."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin with nothing noted; so does a process that was forked off, which has none of its parent's threads."""
        self.tries = Tries()
        self.is_started = False

    def start(self) -> None:
        """Start the thread; two that come here at once start two, which do no harm to each other."""
        self.is_started = True
        every = settings.REFUSED_TRIES_ADDED_EVERY
        if every:
            threading.Thread(target=self._work, args=[every], name="refused-tries", daemon=True).start()
            # Also at the end of processes that a server has forked, which run nothing else then.
            Finalize(None, self._add, exitpriority=10)

    def _work(self, every: float) -> None:
        pause = threading.Event()
        while not pause.wait(every):
            self._add()

    def _add(self) -> None:
        try:
            self.tries.flush()
        except Exception:
            logger.exception("refused tries")
        finally:
            connections.close_all()


_process = _Process()
os.register_at_fork(after_in_child=_process.begin)


def note(event_id: int, session_id: int | None, outcome: str, actor: Actor, at: datetime) -> None:
    """Remember that somebody was refused; not where staff were, who decide instead of wishing."""
    if outcome in COUNTED and actor.obeys_self_service:
        if not _process.is_started:
            _process.start()
        _process.tries.note(event_id, session_id, outcome, at)


def note_lines(event_id: int, lines: Iterable[Line], actor: Actor, at: datetime) -> None:
    """Remember each line of an agenda that was refused."""
    for line in lines:
        if not line.is_success:
            note(event_id, line.session.pk, str(line.outcome), actor, at)


def note_verdicts(event_id: int, verdicts: Iterable[Verdict], actor: Actor, at: datetime) -> None:
    """Remember each line of many people's rows that was refused; a line without a session is the event's."""
    for verdict in verdicts:
        if verdict.refusal is not None:
            note(event_id, None, verdict.refusal.code, actor, at)
        for line in verdict.lines:
            if not line.is_success:
                note(event_id, line.session.pk if line.session else None, str(line.outcome), actor, at)


@contextmanager
def noting(event_id: int, actor: Actor, at: datetime) -> Iterator[None]:
    """Remember that the event itself, or a pass, was refused inside the block."""
    try:
        yield
    except Refusal as refusal:
        note(event_id, None, refusal.code, actor, at)
        raise


def forget() -> None:
    """Drop what this process has noted and not added yet."""
    _process.begin()


def flush() -> int:
    """Add what this process has noted to the table now; return how many tries that were."""
    return _process.tries.flush()
