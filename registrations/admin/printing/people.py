"""Whom paper is for: registered people by their names, read in sets, however many they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from sessions_app.models import Session

SET = 500
NO_LETTER = "#"


def registrations_in(rows: QuerySet[Any]) -> QuerySet[EventRegistration]:
    """The people behind rows of a list who have a seat at the event: whoever waits for one gets no paper."""
    path = "pk" if rows.model is EventRegistration else "event_registration"
    return EventRegistration.objects.confirmed().filter(pk__in=rows.order_by().values(path))


def by_pass(session: Session) -> QuerySet[EventRegistration]:
    """The people who may attend the session since a pass includes it."""
    passes = AttendeePass.objects.filter(event_pass__sessions=session, cancelled_at=None)
    return EventRegistration.objects.confirmed().filter(pk__in=passes.values("event_registration"))


def names_of(row: EventRegistration) -> tuple[str, str]:
    """First and last name as given for the event, else the contact's, else the address."""
    first, last = row.first_name, row.last_name
    if not (first or last):
        first, last = row.contact.first_name, row.contact.last_name
    return (first, last) if first or last else (row.contact.email, "")


def sorted_by_name(people: QuerySet[EventRegistration]) -> list[int]:
    """The keys of these people by last name, then first; accents and capitals do not count, on either database."""
    columns = ("last_name", "first_name", "contact__last_name", "contact__first_name", "contact__email")
    rows = people.order_by().values_list("pk", *columns)
    return [pk for _key, pk in sorted((_place(names), pk) for pk, *names in rows)]


def _place(names: Sequence[str]) -> tuple[str, str]:
    last, first, contact_last, contact_first, email = names
    if not (last or first):
        last, first = contact_last, contact_first
    return folded(last or first or email), folded(first)


def folded(name: str) -> str:
    """The name as one looks it up: small letters without their accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def letter_of(name: str) -> str:
    """The letter under which a name is found."""
    first = folded(name)[:1].upper()
    return first if first.isalpha() else NO_LETTER


def in_sets(keys: Sequence[int]) -> Iterator[list[EventRegistration]]:
    """The people with these keys, in their order, some hundreds at a time; whoever is gone meanwhile is left out."""
    rows = EventRegistration.objects.select_related("contact")
    for start in range(0, len(keys), SET):
        some = keys[start : start + SET]
        found = rows.in_bulk(some)
        yield [found[key] for key in some if key in found]


def seats_of(event_id: int, people: Sequence[EventRegistration]) -> QuerySet[SessionRegistration]:
    """What these people hold, in the order of the day."""
    held = SessionRegistration.objects.active().filter(
        event=event_id, event_registration__in=[each.pk for each in people]
    )
    return held.order_by("session__starts_at", "session__name", "session_id")


def passes_of(people: Sequence[EventRegistration]) -> dict[int, str]:
    """The pass in force of each of them who has one."""
    ids = [each.pk for each in people]
    passes = AttendeePass.objects.filter(event_registration__in=ids, cancelled_at=None)
    return dict(passes.values_list("event_registration", "event_pass__name"))
