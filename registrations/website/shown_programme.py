"""The sessions of an event's programme, kept by its revision; only their seats are read anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from events.models import CustomRegistrationField, Event, Pass
from registrations.queries import opened_sessions
from registrations.rules import limited_tracks
from registrations.sql import (
    Figures,
    attach,
    copied,
    revision_of,
    seat_figures,
    seats_of,
    sessions_by_id,
)
from registrations.website.skeletons import is_keeping
from sessions_app.models import Session, Speaker

# Sessions of all events together, about 5 KB each; the event asked for last is kept in any case.
MOST_KEPT = 8_000
# Long, and no row of a list says them.
NOT_SHOWN = ("description", "custom_fields", "external_data", "building__address", "room__directions")


@dataclass(frozen=True)
class ShownProgramme:
    """The live sessions of one event as one revision has them, by id in the programme's order; without their seats."""

    sessions: dict[int, Session]
    by_identity: dict[str, int]
    days: frozenset[date]
    # The passes on offer, in their order, without their seats.
    passes: list[Pass]
    # What its form asks besides names and addresses, in order.
    questions: list[CustomRegistrationField]
    # Those of a track of which nobody may choose more than so many.
    limited: frozenset[int]

    def now(self, keys: Iterable[int]) -> dict[int, tuple[Session, Figures]]:
        """The sessions of these ids, in this order, each beside the figures of its seats as they are now."""
        there = {key: (session, session.seats_id) for key in keys if (session := self.sessions.get(key))}
        seats = seat_figures(seats_id for _session, seats_id in there.values())
        return {
            key: (session, seats[seats_id]) for key, (session, seats_id) in there.items() if seats_id in seats
        }


_kept: OrderedDict[int, tuple[Any, ShownProgramme]] = OrderedDict()
_lock = Lock()


def programme_of(event: Event) -> ShownProgramme | None:
    """The event's programme; None where nothing may be kept of it."""
    if not is_keeping(event):
        return None
    with _lock:
        revision, found = _kept.get(event.pk, (None, None))
        if found is not None and revision == event.shown_as:
            _kept.move_to_end(event.pk)
            return found
    found = _read(event)
    if revision_of(event) == event.shown_as:
        with _lock:
            _kept[event.pk] = event.shown_as, found
            _kept.move_to_end(event.pk)
            while (
                len(_kept) > 1 and sum(len(each.sessions) for _revision, each in _kept.values()) > MOST_KEPT
            ):
                _kept.popitem(last=False)
    return found


def programme_at_hand(event: Event) -> ShownProgramme | None:
    """The event's programme where it is kept already: nothing is read for it."""
    with _lock:
        revision, found = _kept.get(event.pk, (None, None))
    return found if is_keeping(event) and revision == event.shown_as else None


def sessions_now(event: Event, keys: Collection[int]) -> list[Session]:
    """The event's live sessions of these ids, in this order, each with its seats as they are now."""
    programme = programme_of(event)
    if programme is None:
        found = _rows(event).select_related("seats").in_bulk(keys)
        for session in found.values():
            session.event = event
        return [found[key] for key in keys if key in found]
    return [with_seats(session, event, figures) for session, figures in programme.now(keys).values()]


def sessions_shown(event: Event, keys: Collection[int]) -> dict[int, Session]:
    """The event's sessions of these ids, live or not, with all that their rows show but for the seats, by id."""
    programme = programme_of(event)
    there = programme.sessions if programme else {}
    found = {key: copied(there[key]) for key in keys if key in there}
    for key, session in found.items():
        attach(session, **there[key]._state.fields_cache, event=event)
    return found | sessions_by_id(event, [key for key in keys if key not in found])


def passes_now(event: Event) -> list[Pass]:
    """The passes on offer, each with its seats as they are now; one with nothing allocated is not shown."""
    programme = programme_of(event)
    found = list(_passes(event)) if programme is None else programme.passes
    seats = seat_figures(each.seats_id for each in found) if found else {}
    there = [with_seats(each, event, seats[each.seats_id]) for each in found if each.seats_id in seats]
    return [each for each in there if each.seats.capacity != 0]


def attach_questions(event: Event) -> None:
    """Let the event carry the questions of its form, as a prefetch does."""
    programme = programme_of(event)
    if programme is None:
        prefetch_related_objects([event], "custom_registration_fields")
        return
    questions = event.custom_registration_fields.all()
    own = [copied(question) for question in programme.questions]
    for question in own:
        attach(question, event=event)
    vars(questions).update(_result_cache=own, _prefetch_done=True)
    vars(event).setdefault("_prefetched_objects_cache", {})["custom_registration_fields"] = questions


def with_seats(row: Any, event: Event, figures: Figures) -> Any:
    """A session or pass of one request's own, with its seats by these figures: what is kept is never changed."""
    own = copied(row)
    own._state.fields_cache = {**row._state.fields_cache, "event": event, "seats": seats_of(figures)}
    return own


def _passes(event: Event) -> Any:
    rows = Pass.objects.offered().filter(event=event)
    return rows.prefetch_related(opened_sessions()).order_by("position", "id")


def _rows(event: Event) -> Any:
    names = Prefetch("speakers", Speaker.objects.only("id", "name", "code"))
    rows = Session.objects.live().filter(event=event).select_related("room", "building", "track")
    return rows.defer(*NOT_SHOWN).prefetch_related(names).in_programme_order()


def _read(event: Event) -> ShownProgramme:
    sessions = {session.pk: session for session in _rows(event)}
    days = set()
    for pk, session in sessions.items():
        attach(session, event=event)
        days.add(session.day)
        del session._state.fields_cache["event"]
        # All that a row says of it but for the seats is said by this.
        vars(session)["kept_as"] = event.pk, event.shown_as, pk
    by_identity = {str(session.uuid): pk for pk, session in sessions.items()}
    passes, questions = list(_passes(event)), list(event.custom_registration_fields.all())
    tracks = limited_tracks(sessions.values())
    limited = frozenset(pk for pk, session in sessions.items() if session.track_id in tracks)
    return ShownProgramme(sessions, by_identity, frozenset(days), passes, questions, limited)
