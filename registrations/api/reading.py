"""Registrations as the API reads them: few queries, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from events.models import Event
from registrations import sql
from registrations.models import Activity, CheckIn, EventRegistration
from registrations.queries import positions
from waitlists.models import WaitlistItem

REGISTRATION_STATUSES = ("confirmed", "waitlisted", "pending", "cancelled", "attended", "no_show")
_COLUMNS = [field.attname for field in EventRegistration._meta.concrete_fields]
# What a registrant's record says of the person and of the event.
_BESIDE = {
    "email": "contact__email",
    "language": "contact__language",
    "makes_own_agenda": "event__allow_custom_agenda",
    "order_id": "order_line__order_id",
}


# All of it in the order in which it is read.
_NAMES = (*_COLUMNS, *_BESIDE, "registration_status", "changed_at")


class Registrant(SimpleNamespace):
    """A registration as the API's record reads it: values, since instances of models cost more than all that is said.

    Its columns by their names, and beside them `email`, `language`, `makes_own_agenda` (of the event), `order_id`,
    `registration_status`, `changed_at`, `live_seats`, `live_passes`, `given_answers` and `open_items`, each item with
    its `place`.
    """

    @classmethod
    def of(cls, registration: EventRegistration, **values: Any) -> Registrant:
        """The registration, the person and the event as these rows say; the rest is given."""
        columns = {name: getattr(registration, name) for name in _COLUMNS}
        contact = registration.contact
        beside = {
            "email": contact.email,
            "language": contact.language,
            "makes_own_agenda": registration.event.allow_custom_agenda,
            "order_id": getattr(getattr(registration, "order_line", None), "order_id", None),
        }
        return cls(**{**columns, **beside, **values})

    @property
    def is_cancelled(self) -> bool:
        """True once the seat was given back."""
        return self.cancelled_at is not None


def registrants_at(events: QuerySet[Event]) -> QuerySet[EventRegistration, Any]:
    """Every registration at these events, cancelled ones too.

    Rows never go away and ids only grow: reading page after page in the order of ids misses none.
    """
    rows = EventRegistration.objects.filter(event__in=events.values("pk"))
    return rows.order_by("id").values_list("pk", named=True)


def to_be_asked(rows: QuerySet[EventRegistration, Any], at: datetime) -> QuerySet[EventRegistration, Any]:
    """The registrations, to be narrowed and sorted also by what `described` adds to their columns."""
    # A database works out, and carries along, what it selects for each row that a late page skips, too.
    return rows.alias(registration_status=_status_at(at), changed_at=_changed_at())


def described(rows: Sequence[Any], at: datetime) -> list[Registrant]:
    """The registrations with these rows' `pk`, in their order, with their status and when anything of them changed."""
    ids = [row.pk for row in rows]
    found = _described(connection.vendor).rows(ids, at) if ids else []
    by_id = {row[0]: Registrant(**dict(zip(_NAMES, row, strict=True))) for row in found}
    return [by_id[pk] for pk in ids]


@cache
def _described(vendor: str) -> sql.KeptQuery:
    return sql.KeptQuery(values_described, vendor)


def values_described(ids: Any, at: datetime) -> QuerySet[EventRegistration, Any]:
    """The values of `_NAMES` of these registrations."""
    beside = [F(path) for path in _BESIDE.values()]
    rows = EventRegistration.objects.filter(pk__in=ids).order_by()
    return rows.values_list(*_COLUMNS, *beside, _status_at(at), _changed_at())


def _changed_at() -> Greatest:
    return Greatest(F("updated_at"), Coalesce(Subquery(_last_move()), F("updated_at")))


def _status_at(at: datetime) -> Case:
    """The word for a registration: people who came have attended, and who did not is a no-show once it is over.

    Nobody is a no-show at an event where nobody was checked in at all, but whoever is said to be one.
    `pending` comes with payment.
    """
    entered = CheckIn.objects.standing()
    # Not by a join, which would stay where nobody asks for the word.
    over = Event.objects.filter(pk=OuterRef("event_id"), ends_at__lte=at)
    is_over = Exists(over) & Exists(entered.filter(event_registration__event_id=OuterRef("event_id")))
    return Case(
        When(cancelled_at__isnull=False, then=Value("cancelled")),
        When(status=EventRegistration.Status.WAITLISTED, then=Value("waitlisted")),
        When(Exists(entered.filter(event_registration_id=OuterRef("pk"))), then=Value("attended")),
        When(no_show_at__isnull=False, then=Value("no_show")),
        When(is_over, then=Value("no_show")),
        default=Value("confirmed"),
        output_field=CharField(),
    )


def _last_move() -> QuerySet[Activity, Any]:
    """The moment at which the ledger last says something about the person at this event."""
    moves = Activity.objects.filter(contact_id=OuterRef("contact_id"), event_id=OuterRef("event_id"))
    return moves.order_by().values("contact_id").annotate(last=Max("at")).values("last")


def changed_since(
    rows: QuerySet[EventRegistration, Any], since: datetime
) -> QuerySet[EventRegistration, Any]:
    """The registrations of which anything changed since then: details, a seat, a place in line."""
    moves = Activity.objects.filter(
        contact_id=OuterRef("contact_id"), event_id=OuterRef("event_id"), at__gte=since
    )
    return rows.filter(Q(updated_at__gte=since) | Exists(moves))


def prepare(registrants: Sequence[Registrant]) -> None:
    """Read what the records of these registrants show, in as many queries for one as for two hundred."""
    had = sql.had_by([row.id for row in registrants])
    items_of = _waiting_by_person([row for row in registrants if row.cancelled_at is None])
    for row in registrants:
        row.live_seats, row.live_passes, row.given_answers = had[row.id]
        row.open_items = [] if row.cancelled_at else items_of[row.contact_id, row.event_id]


def _waiting_by_person(registrants: Sequence[Registrant]) -> dict[tuple[int, int], list[sql.OpenWait]]:
    """What these people wait for, in the order of joining, by contact and event."""
    people, events = {row.contact_id for row in registrants}, {row.event_id for row in registrants}
    found = defaultdict(list)
    for item in with_places(sql.waits_of(people, events)) if people else ():
        found[item.contact_id, item.event_id].append(item)
    return found


def with_places(items: list[Any]) -> list[Any]:
    """The given items, each with its place in line (None when it is in none), in one query."""
    places = positions(items)
    for item in items:
        item.place = places.get(item.pk)
    return items


def waitlist_items_at(events: QuerySet[Event]) -> QuerySet[WaitlistItem]:
    """Every place in line at these events, in the order in which they are served."""
    rows = WaitlistItem.objects.filter(event__in=events.values("pk"))
    registered = EventRegistration.objects.filter(
        contact_id=OuterRef("contact_id"), event_id=OuterRef("event_id")
    ).order_by("-id")
    return (
        rows.select_related("contact", "event", "session__event", "invitation_slot")
        .annotate(registrant_id=Subquery(registered.values("pk")[:1]))
        .in_line()
    )


def check_ins_at(events: QuerySet[Event]) -> QuerySet[CheckIn]:
    """Every entry at these events, the first one first."""
    rows = CheckIn.objects.filter(event_registration__event__in=events.values("pk"))
    return rows.select_related("event_registration").order_by("id")
