"""What a copy of an event would be: what comes along, and when each copy takes place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.errors import Invalid
from events.models import Event
from events.slugs import free_slug, is_reserved
from events.zones import EARLIEST_YEAR, LATEST_YEAR, is_shown_once, same_times
from sessions_app.models import Session

MOST_COPIES = 52
MOST_DAYS_APART = 366
# Of all copies together: they are written in one transaction.
MOST_SESSIONS = 5_000
# Leaves room in a readable ID for the number of each copy.
SLUG_CHARACTERS = 76


class Part(StrEnum):
    """What of an event comes along with its own settings."""

    PROGRAMME = "programme"
    PASSES = "passes"
    FORM = "form"
    TEAM = "team"


@dataclass(frozen=True)
class Copying:
    """How an event is copied: the copies' name and readable ID, the first one's first day, how many, how far apart."""

    name: str
    slug: str
    first_day: date
    copies: int = 1
    days_apart: int = 7
    parts: frozenset[str] = frozenset(Part)

    def days_later(self, event: Event) -> list[int]:
        """By how many days each copy is shifted, by the event's own calendar."""
        first = (self.first_day - event.starts_at.astimezone(event.zone).date()).days
        return [first + number * self.days_apart for number in range(self.copies)]

    def slugs(self) -> Iterator[str]:
        """A free readable ID for each copy: the one that was asked for, then numbered ones."""
        taken = {slug.lower() for slug in Event.objects.values_list("slug", flat=True)}
        for _number in range(self.copies):
            slug = free_slug(self.slug, taken)
            taken.add(slug.lower())
            yield slug


@dataclass(frozen=True)
class PlannedCopy:
    """One copy that would be made: its readable ID, start and end, and the sessions whose time the clocks change."""

    slug: str
    starts_at: datetime
    ends_at: datetime
    changed_clocks: list[Session]


@dataclass(frozen=True)
class CopyPreview:
    """What a copy would be: how many of what come along, what stays behind, and each copy."""

    sessions: int
    tracks: int
    speakers: int
    passes: int
    questions: int
    team: int
    left_out: int
    copies: list[PlannedCopy]


def sessions_to_copy(event: Event) -> QuerySet[Session]:
    """The sessions that come along: neither cancelled nor deleted."""
    return Session.objects.not_archived().filter(event=event, cancelled_at=None)


def preview_copy(event: Event, how: Copying) -> CopyPreview:
    """Return what `copy_event` would make of the event; writes nothing. Raises Invalid as it does."""
    check_copy(event, how)
    parts = how.parts
    sessions = list(sessions_to_copy(event)) if Part.PROGRAMME in parts else []
    for session in sessions:
        session.event = event
    not_cancelled = event.sessions.filter(archived_at=None)
    return CopyPreview(
        sessions=len(sessions),
        tracks=event.tracks.count() if Part.PROGRAMME in parts else 0,
        speakers=event.speakers.count() if Part.PROGRAMME in parts else 0,
        passes=event.passes.offered().count() if Part.PASSES in parts else 0,
        questions=event.custom_registration_fields.count() if Part.FORM in parts else 0,
        team=event.team.count() if Part.TEAM in parts else 0,
        left_out=not_cancelled.count() - len(sessions) if Part.PROGRAMME in parts else 0,
        copies=list(_planned(event, how, sessions)),
    )


def _planned(event: Event, how: Copying, sessions: list[Session]) -> Iterator[PlannedCopy]:
    for slug, days in zip(how.slugs(), how.days_later(event), strict=True):
        yield PlannedCopy(
            slug,
            *same_times(event.starts_at, event.ends_at, days, event.zone),
            [
                session
                for session in sessions
                if session.starts_at and not is_shown_once(session.starts_at, days, session.zone)
            ],
        )


def check_copy(event: Event, how: Copying) -> None:
    """Raise Invalid, by field, for a copy that cannot be."""
    if not how.name.strip():
        raise Invalid(fields={"name": [_("Give the copy a name.")]})
    if not re.fullmatch(r"[-\w]+", how.slug, re.ASCII) or len(how.slug) > SLUG_CHARACTERS:
        said = _("Use letters, numbers and hyphens, at most %(n)d.") % {"n": SLUG_CHARACTERS}
        raise Invalid(fields={"slug": [said]})
    if is_reserved(how.slug) or Event.objects.filter(slug__iexact=how.slug).exists():
        raise Invalid(fields={"slug": [_("“%(slug)s” is taken. Choose another one.") % {"slug": how.slug}]})
    _check_series(event, how)


def _check_series(event: Event, how: Copying) -> None:
    if not 1 <= how.copies <= MOST_COPIES:
        raise Invalid(fields={"copies": [_("Make 1 to %(n)d copies at once.") % {"n": MOST_COPIES}]})
    if not 1 <= how.days_apart <= MOST_DAYS_APART:
        raise Invalid(fields={"every": [_("Leave 1 to %(n)d days between them.") % {"n": MOST_DAYS_APART}]})
    length = event.ends_at - event.starts_at
    last = how.first_day + timedelta(days=(how.copies - 1) * how.days_apart) + length
    if how.first_day.year < EARLIEST_YEAR or last.year > LATEST_YEAR:
        said = _("Choose a day in the years from %(first)s to %(last)s.")
        raise Invalid(fields={"first_day": [said % {"first": EARLIEST_YEAR, "last": LATEST_YEAR}]})
    number = sessions_to_copy(event).count() if Part.PROGRAMME in how.parts else 0
    if number * how.copies > MOST_SESSIONS:
        most = max(1, MOST_SESSIONS // number)
        said = ngettext(
            "With its programme the event can be copied %(n)d time at once.",
            "With its programme the event can be copied %(n)d times at once.",
            most,
        )
        raise Invalid(fields={"copies": [said % {"n": most}]})
