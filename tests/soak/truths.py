"""Afterwards: each answer against the rows, seats against capacity, mails against the outbox."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from events.models import Event
from registrations.mail.rendering import message_id
from registrations.models import Activity, CheckIn, EventRegistration, Notification, SessionRegistration
from registrations.notifications import GATHERINGS
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.soak.mails import Envelopes
from tests.soak.notes import Acknowledged, Promise
from waitlists.models import WaitlistItem

# Between the moment that a request takes for its own and the moments seen from outside.
SLACK = timedelta(seconds=1)
Span = tuple[datetime, datetime | None]
Key = tuple[int, int | None]


@dataclass
class Rows:
    """What the database says about everybody of the event, as spans of time."""

    seats: dict[Key, list[Span]] = field(default_factory=lambda: defaultdict(list))
    places: dict[Key, list[Span]] = field(default_factory=lambda: defaultdict(list))
    registrations: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[tuple[str, str], int] = field(default_factory=dict)
    checked_in: set[int] = field(default_factory=set)
    given_back: set[str] = field(default_factory=set)
    # Moved by a worker, whose clock may be wrong.
    by_seatwise: set[Key] = field(default_factory=set)

    @classmethod
    def of(cls, event: Event) -> Rows:
        """Read them."""
        rows = cls()
        people = EventRegistration.objects.filter(event=event)
        for pk, name, email, contact, *span in people.values_list(
            "pk", "uuid", "contact__email", "contact", "registered_at", "cancelled_at"
        ):
            named = (("uuid", str(name)), ("email", email), ("id", str(pk)))
            rows.contacts |= dict.fromkeys(named, contact)
            rows.registrations[contact].append(tuple(span))
        seats = SessionRegistration.objects.filter(event=event)
        for pk, contact, session, *span in seats.values_list(
            "pk", "contact", "session", "registered_at", "cancelled_at"
        ):
            rows.seats[contact, session].append(tuple(span))
            rows.given_back |= {str(pk)} if span[1] else set()
        items = WaitlistItem.objects.filter(event=event)
        for contact, session, *span in items.values_list("contact", "session", "joined_at", "closed_at"):
            rows.places[contact, session].append(tuple(span))
        entries = CheckIn.objects.filter(event_registration__event=event)
        rows.checked_in = set(entries.values_list("event_registration__contact", flat=True))
        moves = Activity.objects.filter(event=event, actor="Seatwise")
        rows.by_seatwise = set(moves.values_list("contact", "session"))
        return rows


def broken(promises: list[Acknowledged], rows: Rows, skew: timedelta) -> Iterator[Acknowledged]:
    """Those that the rows do not keep."""
    for each in promises:
        contact = 0 if each.who[0] == "row" else rows.contacts.get(each.who)
        slack = SLACK + (skew if (contact, each.session) in rows.by_seatwise else timedelta())
        if contact is None or not _is_kept(each, contact, rows, slack):
            yield each


def _is_kept(each: Acknowledged, contact: int, rows: Rows, slack: timedelta) -> bool:
    sent, answered, key = each.sent - slack, each.answered + slack, (contact, each.session)

    def had(spans: list[Span]) -> bool:
        return any(begun <= answered and (ended is None or ended >= sent) for begun, ended in spans)

    def is_over(spans: list[Span]) -> bool:
        # What began meanwhile, or later, is another one.
        return all(begun >= sent or (ended is not None and ended <= answered) for begun, ended in spans)

    match each.promise:
        case Promise.SEAT:
            return had(rows.seats[key])
        case Promise.PLACE:
            return had(rows.seats[key]) or had(rows.places[key])
        case Promise.NOTHING:
            return is_over(rows.seats[key]) and is_over(rows.places[key])
        case Promise.REGISTERED:
            return had(rows.registrations[contact])
        case Promise.CANCELLED:
            return is_over(rows.registrations[contact])
        case Promise.CHECKED_IN:
            return contact in rows.checked_in
        case Promise.SEAT_GIVEN_BACK:
            return each.who[1] in rows.given_back
    raise ValueError(each.promise)


def of_seats(event: Event, sessions: list[Session]) -> Iterator[str]:
    """What is wrong with the seats: what `check_seats --swept` says, and who was given what was not there."""
    for offence in recount(event, swept=True):
        yield f"check_seats --swept: {offence}"
    for session in Session.objects.filter(pk__in=[one.pk for one in sessions]).select_related("seats"):
        seats = SessionRegistration.objects.active().filter(session=session)
        twice = Counter(seats.values_list("contact", flat=True))
        if any(number > 1 for number in twice.values()):
            yield f"{session}: somebody has two seats"


def of_mails(event: Event, envelopes: Envelopes) -> Iterator[str]:
    """What is wrong with the mails that came out at the other end, beside the outbox."""
    sent: dict[tuple[str, str], Notification] = {}
    for row in Notification.objects.filter(event=event).select_related("contact"):
        sent[message_id(row), row.contact.email] = row
    came = {(row.contact_id, row.sent_at) for key, row in sent.items() if envelopes.taken[key]}
    for key, row in sent.items():
        # A change told by the mail of an earlier one: it was never begun itself, and left with that.
        is_told = (
            not GATHERINGS.keys().isdisjoint(row.payload)
            and not row.attempts
            and (row.contact_id, row.sent_at) in came
        )
        if row.sent_at and not envelopes.taken[key] and not is_told:
            yield f"mail {row.pk} ({row.kind}) is marked as sent, and never came"
    for key in envelopes.taken:
        if key not in sent:
            yield "a mail came that is none of the outbox, or under another Message-ID"
    told = Notification.objects.filter(event=event, sent_at=None, given_up_at=None)
    if told.exists():
        yield f"{told.count()} mails are still to be sent"
    failed = Notification.objects.filter(event=event, given_up_at__isnull=False).exclude(
        Q(last_error__startswith="No longer true") | Q(attempts__gte=8)
    )
    if failed.exists():
        yield f"{failed.count()} mails were given up too early"
