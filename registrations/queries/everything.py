"""Everything that is kept about one person, as they may ask to see it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from events.models import Contact
from registrations.models import (
    Activity,
    AddressCode,
    AddressMail,
    AgendaDraft,
    AttendeePass,
    CalendarEntry,
    CheckIn,
    DoorScan,
    EventRegistration,
    ImportRow,
    Invoice,
    LinkRequest,
    MessageOptOut,
    Notification,
    Order,
    OrderLine,
    Payment,
    Refund,
    RegistrationResponse,
    SessionRegistration,
    Star,
    TicketHolder,
    Wish,
)
from waitlists.models import WaitlistItem

Rows = list[dict[str, Any]]


def everything_about(contact: Contact) -> dict[str, Any]:
    """Return who the person is to us, and row by row what they did, hold, answered and were told.

    Left out is what others are: the names of staff, and keys that mean nothing outside.
    """
    mine: dict[str, Any] = {"contact": contact}
    registrations = {"event_registration__contact": contact}
    return {
        "person": _rows(Contact.objects.filter(pk=contact.pk), *_PERSON)[0],
        "registrations": _rows(
            EventRegistration.objects.filter(**mine),
            *_GIVEN,
            *("status", "no_show_at", "reminders_declined_at"),
            *EventRegistration.PERSONAL,
        ),
        "seats": _rows(
            SessionRegistration.objects.filter(**mine),
            *_GIVEN,
            *("session__name", "session__starts_at", "session__ends_at", "overlap_accepted", "no_show_at"),
        ),
        "passes": _rows(
            AttendeePass.objects.filter(**registrations),
            "event_pass__event__name",
            "event_pass__name",
            *_ISSUED,
        ),
        **_wanted(contact),
        "answers": _rows(RegistrationResponse.objects.filter(**registrations), "field__label", "value"),
        "waitlists": _rows(
            WaitlistItem.objects.filter(**mine), "event__name", "session__name", "status", "joined_at"
        ),
        "check_ins": _rows(CheckIn.objects.filter(**registrations), "event__name", "session__name", *_DOOR),
        "scans": _rows(DoorScan.objects.filter(**registrations), "event__name", "session__name", *_SCANNED),
        "mails": _rows(Notification.objects.filter(**mine), "event__name", "session__name", "kind", *_SENT),
        **_typed_or_begun(contact),
        "calendar": _rows(CalendarEntry.objects.filter(**mine), "session__name", "is_cancelled", "told_at"),
        "ledger": _rows(
            Activity.objects.filter(**mine), "at", "event__name", "session__name", "verb", "reason"
        ),
    }


def _wanted(contact: Contact) -> dict[str, Any]:
    """What they pay for, what was ordered for them, and which messages they do not want."""
    lines = OrderLine.objects.filter(contact=contact)
    return {
        "messages_declined": _rows(MessageOptOut.objects.filter(contact=contact), "event__name", "since"),
        "orders": _rows(Order.objects.filter(payer=contact), "event__name", "placed_at", *_ORDERED),
        "payments": _rows(Payment.objects.filter(order__payer=contact), "order__code", *_PAID),
        "refunds": _rows(
            Refund.objects.filter(payment__order__payer=contact), "payment__order__code", *_BACK
        ),
        "invoices": _rows(Invoice.objects.filter(order__payer=contact), "order__code", *_INVOICED),
        "ordered": _rows(lines, "event__name", "event_pass__name", *_ON_A_LINE),
    }


def _typed_or_begun(contact: Contact) -> dict[str, Any]:
    """What is kept by the address alone, or was begun before there was a registration."""
    typed = {"email": contact.email}
    codes = AddressCode.objects.filter(event_registration__contact=contact)
    drafts = AgendaDraft.objects.filter(registration__contact=contact)
    return {
        "codes": [
            *_rows(codes, "event__name", *_CODE),
            *_rows(AddressMail.objects.filter(**typed), "event__name", "purpose", *_CODE),
        ],
        "links_asked_for": _rows(LinkRequest.objects.filter(**typed), "event__name", "requested_at"),
        "drafts": _rows(drafts, "event__name", "updated_at"),
        "stars": _rows(Star.objects.filter(draft__in=drafts), "draft__event__name", "session__name"),
        "uploads": _rows(ImportRow.objects.filter(**typed), "batch__event__name", "cells", "words"),
        **_drawn(contact),
    }


def _drawn(contact: Contact) -> dict[str, Any]:
    """What they wished for in draws, alone or in a group, and what became of it."""
    holders = TicketHolder.objects.filter(registration__contact=contact)
    wishes = Wish.objects.filter(ticket__holders__registration__contact=contact)
    return {
        "draws": _rows(holders, "draw__event__name", "draw__name", "ticket__code", "told_at", "outcome"),
        "wishes": _rows(wishes, "ticket__draw__name", "session__name", "rank", "wait_at_most"),
    }


_PERSON = ("email", "first_name", "last_name", "language", "created_at", "updated_at", "erased_at")
_GIVEN = ("event__name", "registered_at", "source", "reason", "cancelled_at", "cancel_reason")
_DOOR = ("checked_in_at", "left_at", "undone_at")
_SCANNED = ("scanned_at", "kind", "outcome")
_ISSUED = ("issued_at", "cancelled_at")
_ORDERED = (
    "code",
    "state",
    "way",
    "total",
    "credited",
    "currency",
    "billing",
    "held_until",
    "paid_at",
    "reason",
)
_PAID = ("amount", "currency", "state", "provider", "begun_at", "paid_at", "note")
_BACK = ("amount", "state", "reason", "due_at", "done_at")
_INVOICED = ("kind", "series__name", "number", "issued_at", "total", "currency", "content")
_ON_A_LINE = ("first_name", "last_name", "details", "price")
_CODE = ("email", "asked_at", "used_at")
_SENT = ("created_at", "sent_at", "given_up_at")


def _rows(rows: QuerySet[Any], *names: str) -> Rows:
    """The rows with some of their columns, oldest first; `event__name` becomes `event`."""
    found = rows.order_by("pk").values(*(_column(rows, name) for name in names))
    return [{_word(name): row[_column(rows, name)] for name in names} for row in found]


def _column(rows: QuerySet[Any], name: str) -> str:
    """A seat and a check-in have their event from the registration."""
    is_own = name != "event__name" or any(field.name == "event" for field in rows.model._meta.get_fields())
    return name if is_own else "event_registration__event__name"


def _word(name: str) -> str:
    parts = [part for part in name.split("__") if part not in {"name", "label"}]
    return parts[-1].removeprefix("event_") if parts[-1].startswith("event_p") else parts[-1]
