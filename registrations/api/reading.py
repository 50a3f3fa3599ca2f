"""Registrations as the API reads them: few queries, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Greatest

from events.models import Event
from registrations.models import (
    Activity,
    AttendeePass,
    CheckIn,
    EventRegistration,
    SessionRegistration,
)
from registrations.queries import positions
from waitlists.models import WaitlistItem

REGISTRATION_STATUSES = ("confirmed", "waitlisted", "pending", "cancelled", "attended", "no_show")


def registrants_at(events: QuerySet[Event], at: datetime) -> QuerySet[EventRegistration]:
    """Every registration at these events, cancelled ones too, to be narrowed and sorted also by what `described` adds.

    Rows never go away and ids only grow: reading page after page in the order of ids misses none.
    """
    rows = EventRegistration.objects.filter(event__in=events.values("pk"))
    # A database works out, and carries along, what it selects for each row that a late page skips, too.
    return rows.alias(registration_status=_status_at(at), changed_at=_changed_at()).only("pk").order_by("id")


def described(rows: Sequence[EventRegistration], at: datetime) -> list[EventRegistration]:
    """The given registrations in their order, each with the person, its status and when anything of it changed."""
    found = EventRegistration.objects.select_related("contact", "event").annotate(
        registration_status=_status_at(at), changed_at=_changed_at()
    )
    by_id = found.in_bulk([row.pk for row in rows])
    return [by_id[row.pk] for row in rows]


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


def changed_since(rows: QuerySet[EventRegistration], since: datetime) -> QuerySet[EventRegistration]:
    """The registrations of which anything changed since then: details, a seat, a place in line."""
    moves = Activity.objects.filter(
        contact_id=OuterRef("contact_id"), event_id=OuterRef("event_id"), at__gte=since
    )
    return rows.filter(Q(updated_at__gte=since) | Exists(moves))


def prepare(registrations: Sequence[EventRegistration]) -> None:
    """Read what the records of these registrations show, in as many queries for one as for two hundred."""
    prefetch_related_objects(
        list(registrations),
        Prefetch(
            "session_registrations",
            SessionRegistration.objects.active().order_by("registered_at", "id"),
            to_attr="live_seats",
        ),
        Prefetch("attendee_passes", AttendeePass.objects.filter(cancelled_at=None), to_attr="live_passes"),
        Prefetch("responses", to_attr="given_answers"),
    )
    live = [row for row in registrations if not row.is_cancelled]
    items = WaitlistItem.objects.open().filter(
        contact_id__in={row.contact_id for row in live}, event_id__in={row.event_id for row in live}
    )
    by_person = defaultdict(list)
    for item in with_places(list(items.select_related("invitation_slot").in_line())):
        by_person[item.contact_id, item.event_id].append(item)
    for row in registrations:
        mine = [] if row.is_cancelled else by_person[row.contact_id, row.event_id]
        vars(row)["open_items"] = mine


def with_places(items: list[WaitlistItem]) -> list[WaitlistItem]:
    """The given items, each with its place in line (None when it is in none), in one query."""
    places = positions(items)
    for item in items:
        vars(item)["place"] = places.get(item.pk)
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
