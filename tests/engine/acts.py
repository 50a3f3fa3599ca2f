"""Short words for what the engine's tests do and look at."""

from __future__ import annotations

from datetime import timedelta

from events.models import Contact, Event
from registrations.actions import submit_agenda
from registrations.models import Activity, Notification, SessionRegistration
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def person(name: str) -> Attendee:
    """Somebody new."""
    return Attendee(f"{name.lower()}@example.org", name, "Test")


def people(count: int, prefix: str = "guest") -> list[Attendee]:
    """Several new people."""
    return [person(f"{prefix}{number}") for number in range(count)]


def claim(session: Session, who: Attendee, *, wait: bool = False, **more: object) -> AgendaResult:
    """One person asks for one session."""
    return submit_agenda(session.event, who, [session], wait=wait, **more)  # type: ignore[arg-type]


def fill(session: Session, count: int | None = None) -> list[Attendee]:
    """Fill the session (or give out `count` seats of it) and return who holds them."""
    session.seats.refresh_from_db()
    wanted = (session.seats.capacity or 0) if count is None else count
    holders = people(wanted, f"holder{session.pk}-")
    for who in holders:
        assert claim(session, who).applied
    return holders


def outcomes(result: AgendaResult) -> list[str]:
    """The words of the lines."""
    return [str(line.outcome) for line in result.lines]


def seat_of(session: Session, who: Attendee) -> SessionRegistration:
    """The live seat of somebody in a session."""
    return SessionRegistration.objects.active().get(session=session, contact__email=who.email)


def holders(session: Session) -> set[str]:
    """Who has a seat, by the part of the address before the @."""
    rows = SessionRegistration.objects.active().filter(session=session)
    return {email.split("@")[0] for email in rows.values_list("contact__email", flat=True)}


def figures(target: Session | Event) -> tuple[int | None, int, int, int]:
    """Capacity, taken, held, waiting as stored."""
    target.seats.refresh_from_db()
    seats = target.seats
    return seats.capacity, seats.taken, seats.held, seats.waiting


def mails(kind: str | None = None) -> list[tuple[str, str]]:
    """Kind and recipient (before the @) of each outbox row, in order."""
    rows = Notification.objects.order_by("id").select_related("contact")
    return [(row.kind, row.contact.email.split("@")[0]) for row in rows if kind in (None, row.kind)]


def contact_of(who: Attendee) -> Contact:
    """The contact that stands for somebody."""
    return Contact.objects.get(email=who.email)


def ledger(session: Session) -> list[str]:
    """The verbs of the session's ledger, in order."""
    return [
        str(verb)
        for verb in Activity.objects.filter(session=session).order_by("id").values_list("verb", flat=True)
    ]


def past_line(session: Session, how: list[tuple[str, bool]]) -> None:
    """Let people have joined minute by minute, ten days ahead; each ended so, an hour before the start or after it."""
    start = session.starts_at
    assert start is not None
    contacts = Contact.objects.bulk_create(
        Contact(email=f"past{session.pk}.{n}@example.org") for n in range(len(how))
    )
    WaitlistItem.objects.bulk_create(
        WaitlistItem(
            event=session.event,
            session=session,
            seats_id=session.seats_id,
            contact=contact,
            status=status,
            joined_at=start - timedelta(days=10) + timedelta(minutes=number),
            closed_at=None if status in WaitlistItem.OPEN else start + timedelta(hours=-1 if is_early else 1),
        )
        for number, (contact, (status, is_early)) in enumerate(zip(contacts, how, strict=True))
    )
