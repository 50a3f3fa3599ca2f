"""Similar sessions: alike in speakers, track and words, of which rare ones say most.

The words of an event's programme are gathered once by each process, and again after the programme has changed: at a
thousand sessions that takes a fifth of a second, and every answer after it a millisecond.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import log, sqrt
from typing import Any

from django.db.models import Count, Max

from events.models import Event
from events.ranking import folded
from registrations.rules import clashes
from sessions_app.models import Session

MOST_SHOWN = 5
# So many of the most similar ones are looked at for seats and clashes.
LOOKED_AT = 15
# Enough that as many are left beside a full agenda.
MOST_RANKED = 60
# Words that say what a session is about: longer ones, and of each session those that fewest others have.
_WORD = re.compile(r"[^\W\d_]{4,}")
WORDS_KEPT = 24
OF_A_TITLE = 2
# What one speaker and the track weigh beside words, which weigh 1 where all are the same.
SAME_SPEAKER, SAME_TRACK = 0.3, 0.1
# Less is chance.
LEAST = 0.04
MOST_KEPT = 16
SHOWN = (
    *(
        "uuid",
        "name",
        "event",
        "date",
        "starts_at",
        "ends_at",
        "own_timezone",
        "prevent_session_conflicts",
        "seats",
    ),
    *("seats__capacity", "seats__taken", "seats__held", "seats__waiting"),
)

Row = tuple[int, str, str, int | None]


@dataclass(frozen=True)
class Programme:
    """One event's sessions as they are compared: what each is about, and which are about it, in programme order."""

    revision: tuple[Any, ...]
    order: dict[int, int]
    words: dict[int, dict[str, float]]
    with_word: Mapping[str, list[tuple[int, float]]]
    tracks: dict[int, int | None]
    speakers: Mapping[int, set[int]]

    # What was found before, by session.
    found: dict[int, list[int]] = field(default_factory=dict)

    def like(self, key: int) -> list[int]:
        """The sessions most like this one, the most similar first; those alike as much by their time."""
        if key not in self.found:
            self.found[key] = self._ranked(key)
        return self.found[key]

    def _ranked(self, key: int) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        for word, weight in self.words.get(key, {}).items():
            for other, its in self.with_word[word]:
                scores[other] += weight * its
        for other in self.order:
            shared = len(self.speakers[key] & self.speakers[other])
            is_in_track = self.tracks.get(key) is not None and self.tracks[key] == self.tracks[other]
            if shared or is_in_track:
                scores[other] += SAME_SPEAKER * shared + SAME_TRACK * is_in_track
        # Rounded, so that the order never hangs on how a sum was added up.
        found = [(round(score, 6), other) for other, score in scores.items() if other != key]
        ranked = sorted(found, key=lambda each: (-each[0], self.order[each[1]]))
        return [other for score, other in ranked if score >= LEAST][:MOST_RANKED]


_kept: OrderedDict[int, Programme] = OrderedDict()


def similar_to(
    session: Session,
    *,
    held: Collection[Session],
    at: datetime,
    read: Callable[[list[int]], list[Session]] | None = None,
) -> list[Session]:
    """Up to five sessions of the event like this one that are still to come and not in `held`.

    What clashes with nothing in `held` comes first, then what is not full, then what is more similar. Two statements
    once the programme's words are known; one where `read` gives the live sessions of some ids, with event and seats.
    """
    keys = keys_like(session.event, session.pk, held)
    found = {other.pk: other for other in (read or partial(_shown, session.event))(keys)}
    shown = []
    best = 0
    for rank, key in enumerate(keys):
        other = found.get(key)
        if other is None or other.has_started(at):
            continue
        is_full, is_clashing = not other.seats.has_seat_for_newcomer, bool(clashes(other, held))
        shown.append((is_clashing, is_full, rank, other))
        best += not (is_clashing or is_full)
        # Nothing behind them comes before one of these.
        if best == MOST_SHOWN:
            break
    return [other for _clash, _full, _rank, other in sorted(shown, key=lambda each: each[:3])[:MOST_SHOWN]]


def keys_like(event: Event, key: int, held: Collection[Session]) -> list[int]:
    """The ids of those sessions of the event that `similar_to` looks at beside the one of this id."""
    mine = {each.pk for each in held}
    return [other for other in _programme_of(event).like(key) if other not in mine][:LOOKED_AT]


def _shown(event: Event, keys: list[int]) -> list[Session]:
    found = Session.objects.live().select_related("seats").only(*SHOWN).in_bulk(keys)
    for session in found.values():
        session.event = event
    return list(found.values())


def _programme_of(event: Event) -> Programme:
    revision = event.shown_as or _revision_read(event)
    known = _kept.get(event.pk)
    if known is None or known.revision != revision:
        known = _read(event, revision)
        _kept[event.pk] = known
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return known


def _revision_read(event: Event) -> tuple[Any, ...]:
    live = Session.objects.live().filter(event=event)
    return tuple(live.aggregate(Count("pk"), Max("updated_at")).values())


def _read(event: Event, revision: tuple[Any, ...]) -> Programme:
    live = Session.objects.live().filter(event=event)
    rows = list(live.in_programme_order().values_list("pk", "name", "description", "track_id"))
    speakers: dict[int, set[int]] = defaultdict(set)
    for session_id, speaker_id in live.exclude(speakers=None).order_by().values_list("pk", "speakers"):
        speakers[session_id].add(speaker_id)
    words = _weighed(rows)
    with_word: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for pk, own in words.items():
        for word, weight in own.items():
            with_word[word].append((pk, weight))
    order = {row[0]: place for place, row in enumerate(rows)}
    return Programme(revision, order, words, with_word, {row[0]: row[3] for row in rows}, speakers)


def _weighed(rows: Iterable[Row]) -> dict[int, dict[str, float]]:
    """The telling words of each session with their weights; the squares of all its words' weights add up to 1."""
    texts = {pk: _words_of(name, description) for pk, name, description, _track in rows}
    having = Counter(word for words in texts.values() for word in words)
    found = {}
    for pk, words in texts.items():
        told = {word: times * log(1 + len(texts) / having[word]) for word, times in words.items()}
        length = sqrt(sum(weight * weight for weight in told.values())) or 1.0
        # What one session alone says makes it special, and compares it with nothing.
        shared = ((word, weight / length) for word, weight in told.items() if having[word] > 1)
        found[pk] = dict(sorted(shared, key=lambda each: (-each[1], each[0]))[:WORDS_KEPT])
    return found


def _words_of(name: str, description: str) -> Counter[str]:
    words = Counter(dict.fromkeys(_WORD.findall(folded(description)), 1))
    for word in _WORD.findall(folded(name)):
        words[word] += OF_A_TITLE
    return words
