"""Letters about sessions that got another time, place or name: what was, and what is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.names import isolated
from events.zones import hours_in_words
from registrations.mail.facts import Letter, MailFacts, name_and_time
from registrations.models import Notification
from registrations.moves import place_of
from registrations.notifications import GATHERED_MOVES
from sessions_app.models import Session
from waitlists.models import WaitlistItem

SEVERAL = "sessions_changed"


@dataclass(frozen=True)
class Difference:
    """One thing about a session that is not what it was; `what` is its field."""

    what: str
    label: str
    was: str
    now: str

    @property
    def stays_on_one_line(self) -> bool:
        """True for times short enough for a phone: an hour alone on its line is hard to read."""
        return self.what == "time" and "(" not in self.was + self.now


@dataclass(frozen=True)
class Moved:
    """One session with all that is different about it."""

    session: Session
    differences: list[Difference]
    # What its reader has there: "seat", "waiting" or "invited".
    has: str = "seat"

    @property
    def was(self) -> str:
        """All that it was, on one line."""
        return " · ".join(each.was for each in self.differences if each.was)

    def has_new(self, what: str) -> bool:
        """True when this is different about it."""
        return any(each.what == what for each in self.differences)


def session_changed(facts: MailFacts) -> Letter:
    """The letter about one session that has changed once."""
    _require_newest(facts)
    return sessions_changed(facts, [facts.notification])


def _require_newest(facts: MailFacts) -> None:
    """What is not told together with later changes is told only while no later one tells more."""
    payload, session = facts.notification.payload, facts.session
    if session is not None and GATHERED_MOVES not in payload:
        known = payload.get("sequence", session.calendar_sequence)
        is_newest = known == session.calendar_sequence
        facts.require(is_newest, "the session has moved again; a later mail says where to")


def sessions_changed(facts: MailFacts, changes: Iterable[Notification]) -> Letter:
    """The letter about several changes: of each session what it was before the first of them, and what it is now."""
    before: dict[int, dict[str, Any]] = {}
    clashes: set[int] = set()
    was_in_line = False
    for change in changes:
        before.setdefault(change.session_id or 0, change.payload.get("before") or {})
        was_in_line = change.payload.get("is_in_line", False)
        clashes |= {pk for pk in change.payload.get("clashes_with") or () if pk in facts.held_ids}
    sessions = facts.sessions(before)
    kept = {each.pk: has for each in sessions if not each.cancelled_at and (has := _kept(facts, each))}
    facts.require(kept, "the seat, or the place in line, was given up")
    # Looked at afterwards, when nothing is left of it, the mail says what it said.
    had = kept or dict.fromkeys(before, "waiting" if was_in_line else "seat")
    moved = [
        Moved(each, list(_differences(each, before[each.pk])), had[each.pk])
        for each in sessions
        if each.pk in had
    ]
    different = [each for each in moved if each.differences]
    facts.require(different, "everything is again as it was")
    return _letter(facts, different or moved, facts.sessions(clashes))


def _kept(facts: MailFacts, session: Session) -> str:
    """What the reader has in the session now; empty where it is nothing."""
    if session.pk in facts.held_ids:
        return "seat"
    item = facts.standing.items.get(session.pk)
    if item is None:
        return ""
    return "invited" if item.status == WaitlistItem.Status.INVITED else "waiting"


def _letter(facts: MailFacts, moved: list[Moved], clashes: list[Session]) -> Letter:
    """The letter about one session in its own words, or about several."""
    entries = [each.session for each in moved if each.has == "seat"]
    context: dict[str, Any] = {"moved": moved, "clashes": clashes, "seats": len(entries)}
    if len(moved) > 1:
        words = {"n": len(moved), "event": name_and_time(facts.event)}
        outcome = ngettext(
            "%(n)d of your sessions has changed: %(event)s",
            "%(n)d of your sessions have changed: %(event)s",
            len(moved),
        )
        return Letter(outcome % words, context, entries=entries, template=SEVERAL)
    [one] = moved
    context |= {"session": one.session, "was": one.was, "changed": _most_important(one), "has": one.has}
    return Letter(_subject(one), context, entries=entries)


def _most_important(moved: Moved) -> str:
    return next((what for what in ("time", "place", "name") if moved.has_new(what)), "time")


def _subject(moved: Moved) -> str:
    words = {"session": name_and_time(moved.session), "place": place_of(moved.session)}
    what = _most_important(moved)
    if what == "name":
        return _("New title: %(session)s") % words
    if what == "place" and words["place"]:
        return _("New place, %(place)s: %(session)s") % words
    return _("New time: %(session)s") % words


def _differences(session: Session, before: dict[str, Any]) -> Iterator[Difference]:
    """What the session is now that it was not before; of changes told long ago the name is not known."""
    if before.get("name", session.name) != session.name:
        yield Difference("name", _("What"), isolated(before["name"]), isolated(session.name))
    was_start, was_end = (_moment(before.get(edge)) for edge in ("starts_at", "ends_at"))
    if (was_start, was_end) != (session.starts_at, session.ends_at):
        was, now = _when(session, was_start, was_end), _when(session, session.starts_at, session.ends_at)
        yield Difference("time", _("When"), was, now)
    place = place_of(session)
    if before.get("place", "") != place:
        nowhere = _("Place to be announced")
        was = before.get("place") or nowhere
        yield Difference("place", _("Where"), isolated(was), isolated(place or nowhere))


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _when(session: Session, starts_at: datetime | None, ends_at: datetime | None) -> str:
    """“Sat 3 May, 10:00–11:00”, as the time that it has now is written beside it."""
    if not (starts_at and ends_at):
        return _("Time to be announced")
    day = date_format(starts_at.astimezone(session.event.zone), _("D j M"))
    return f"{day}, {hours_in_words(starts_at, ends_at, session.event.zone, session.zone)}"
