"""What somebody looks for in an event's programme, by an index that each process keeps of its texts.

Every search asks the database by one cheap statement whether the texts are still those of the index, by a number made
of the texts themselves: so it finds what was written a moment ago, by whatever door and whichever process, and a save
that forgot to tell anybody is found as well. Only after a change the texts are read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any

from django.db.models import Max, Subquery

from events.models import Event
from events.ranking import Found, Index
from events.searching import Fingerprint
from sessions_app.models import Session
from sessions_app.models.sessions import SessionQuerySet

# The sessions whose texts a process keeps, of all events together: at a thousand letters each about 40 MB.
MOST_KEPT = 8_000
_SPEAKERS = Session.speakers.through.objects

_State = tuple[Any, ...]


class _Kept:
    """The indexes of the events that were searched last, as many as go into the bound; the newest in any case."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[int, tuple[_State, Index[int]]] = OrderedDict()
        self._lock = Lock()

    def get(self, event: Event, state: _State) -> Index[int] | None:
        """The index of the event, where its texts are still these."""
        with self._lock:
            known, index = self._indexes.get(event.pk, (None, None))
            if known != state:
                return None
            self._indexes.move_to_end(event.pk)
            return index

    def keep(self, event: Event, state: _State, index: Index[int]) -> None:
        """Keep the index, and let go of those that nobody asked for the longest."""
        with self._lock:
            self._indexes[event.pk] = state, index
            self._indexes.move_to_end(event.pk)
            while len(self._indexes) > 1 and self.sessions > MOST_KEPT:
                self._indexes.popitem(last=False)

    @property
    def sessions(self) -> int:
        """How many sessions the indexes are about."""
        return sum(len(index.keys) for _state, index in self._indexes.values())


_kept = _Kept()


def find_sessions(event: Event, text: str) -> Found[int]:
    """Which of the event's live sessions somebody means by these words, best first: title, speakers, places, text."""
    state = _state_of(event)
    index = _kept.get(event, state)
    if index is None:
        index = Index(_texts_of(event))
        # Written meanwhile: these texts answer this search, and nobody knows whether they are those of the state.
        if _state_of(event) == state:
            _kept.keep(event, state, index)
    return index.best_first(text)


def _live(event: Event) -> SessionQuerySet:
    return Session.objects.live().filter(event=event)


def _state_of(event: Event) -> _State:
    """A value for everything that the index is made of, in one statement."""
    live = _live(event).order_by()
    speaking = _SPEAKERS.filter(session__in=live).values("session__event")
    names = speaking.annotate(state=Fingerprint("session", "speaker__name")).values("state")
    texts = Fingerprint("pk", "starts_at", "name", "track__name", "room__name", "description")
    return tuple(live.aggregate(texts=texts, names=Max(Subquery(names))).values())


def _texts_of(event: Event) -> Iterator[tuple[int, tuple[str, ...]]]:
    live = _live(event)
    shown = live.in_programme_order().values_list("pk", "name", "track__name", "room__name", "description")
    speakers: dict[int, list[str]] = {}
    for session_id, name in _SPEAKERS.filter(session__in=live.order_by()).values_list(
        "session", "speaker__name"
    ):
        speakers.setdefault(session_id, []).append(name)
    for pk, name, track, room, description in shown:
        yield pk, (name, " · ".join(speakers.get(pk, ())), f"{track or ''} · {room or ''}", description)
