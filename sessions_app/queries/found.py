"""What somebody looks for in an event's programme, by the indexes that each process keeps of its texts.

Every search asks the database by one cheap statement whether the texts are still those of the index, by a number made
of the texts themselves: so it finds what was written a moment ago, by whatever door and whichever process, and a save
that forgot to tell anybody is found as well. Only after a change the texts are read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db.models import Max, Subquery

from events.models import Event
from events.ranking import Found, Index, folded
from events.searching import Fingerprint
from sessions_app.models import Session, Speaker
from sessions_app.models.sessions import SessionQuerySet

# The rows whose texts a process keeps, of all events together: sessions of a thousand letters each are about 40 MB.
MOST_KEPT = 8_000
_NAMED = Session.speakers.through.objects

_State = tuple[Any, ...]


@dataclass(frozen=True)
class _Texts:
    """Texts of an event that are searched: a value that says whether they are still the same, and how to read them."""

    state: Callable[[Event], _State]
    rows: Callable[[Event], Iterable[tuple[int, tuple[str, ...]]]]

    def index_of(self, event: Event) -> Index[int]:
        """The index of the texts as they are now."""
        state = self.state(event)
        index = _kept.get((event.pk, self), state)
        if index is None:
            index = Index(self.rows(event))
            # Written meanwhile: the index answers this search, but nobody knows whether it belongs to the state.
            if self.state(event) == state:
                _kept.keep((event.pk, self), state, index)
        return index


_Key = tuple[int, _Texts]


class _Kept:
    """The indexes that were asked last, as many as go into the bound; the newest in any case."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[_Key, tuple[_State, Index[int]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key, state: _State) -> Index[int] | None:
        """The index, where its texts are still these."""
        with self._lock:
            known, index = self._indexes.get(key, (None, None))
            if known != state:
                return None
            self._indexes.move_to_end(key)
            return index

    def keep(self, key: _Key, state: _State, index: Index[int]) -> None:
        """Keep the index, and let go of those that nobody asked for the longest time."""
        with self._lock:
            self._indexes[key] = state, index
            self._indexes.move_to_end(key)
            while len(self._indexes) > 1 and self.rows > MOST_KEPT:
                self._indexes.popitem(last=False)

    @property
    def rows(self) -> int:
        """How many rows the indexes are about."""
        return sum(len(index.keys) for _state, index in self._indexes.values())


_kept = _Kept()


def find_sessions(event: Event, text: str) -> Found[int]:
    """Which of the event's live sessions somebody means by these words, best first: title, speakers, places, text."""
    return _SESSIONS.index_of(event).best_first(text)


def find_speakers(event: Event, text: str) -> Found[int]:
    """Which of those who speak at live sessions somebody means, best first: name, company, job title."""
    return _SPEAKERS.index_of(event).best_first(text)


def find_names(event: Event, text: str) -> Found[int]:
    """Which of the event's speakers, whether they speak at a live session or not, somebody means by these names."""
    return _NAMES.index_of(event).best_first(text)


def _live(event: Event) -> SessionQuerySet:
    return Session.objects.live().filter(event=event).order_by()


def _state_of_sessions(event: Event) -> _State:
    """One statement for everything that the index is made of, their order as well."""
    live = _live(event)
    named: Any = _NAMED.filter(session__in=live).values("session__event")
    names = named.annotate(state=Fingerprint("session", "speaker__name")).values("state")
    texts = Fingerprint("pk", "starts_at", "name", "track__name", "room__name", "description")
    return tuple(live.aggregate(texts=texts, names=Max(Subquery(names))).values())


def _sessions(event: Event) -> Iterator[tuple[int, tuple[str, ...]]]:
    live, speakers = _live(event), dict[int, list[str]]()
    for session_id, name in _NAMED.filter(session__in=live).values_list("session", "speaker__name"):
        speakers.setdefault(session_id, []).append(name)
    shown = live.in_programme_order().values_list("pk", "name", "track__name", "room__name", "description")
    for pk, name, track, room, description in shown:
        yield pk, (name, " · ".join(speakers.get(pk, ())), f"{track or ''} · {room or ''}", description)


def _state_of_speakers(event: Event) -> _State:
    speaking = Speaker.speaking_at(_live(event))
    return tuple(speaking.aggregate(texts=Fingerprint("pk", "name", "company", "job_title")).values())


def _speakers(event: Event) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows = Speaker.speaking_at(_live(event)).values_list("pk", "name", "company", "job_title")
    for pk, *texts in sorted(rows, key=lambda row: (folded(row[1]), row[0])):
        yield pk, tuple(texts)


def _state_of_names(event: Event) -> _State:
    return tuple(Speaker.objects.filter(event=event).aggregate(texts=Fingerprint("pk", "name")).values())


def _names(event: Event) -> Iterator[tuple[int, tuple[str, ...]]]:
    for pk, name in Speaker.objects.filter(event=event).values_list("pk", "name"):
        yield pk, (name,)


_SESSIONS = _Texts(_state_of_sessions, _sessions)
_SPEAKERS = _Texts(_state_of_speakers, _speakers)
_NAMES = _Texts(_state_of_names, _names)
