"""The recount of everything stored about seats: counters, rows, promises and the ledger.

Each check is one query over all targets, or over one event's. What a constraint guards is asked all the same where
seats hang on it: rows may come from a copy whose constraints were switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, Lag
from django.utils import timezone

from events.models import Event, Pass, SeatCount
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    SessionRegistration,
)
from registrations.queries.counters import Counters, Scope, counted
from registrations.queries.own_events import rows_of_other_events
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Verb = Activity.Verb


@dataclass(frozen=True)
class Offence:
    """One thing that is not as it must be, with the row it was found at."""

    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} [{self.code}]"


def recount(event: Event | None = None, *, swept: bool = False, at: datetime | None = None) -> list[Offence]:
    """Return everything that is wrong with the seats of `event`, or of all events; nothing when all is true.

    `swept` also asks that nobody who could be served waits beside a free seat at the moment `at`, which holds
    once the worker has swept. Reads only; on a busy site read it inside one repeatable-read snapshot, else a
    movement between two of its queries looks like an offence.
    """
    scope = Scope.of(event)
    checks: list[Callable[[Scope], Iterator[Offence]]] = [
        _wrong_counters,
        _too_many,
        _blocked_overlaps,
        _seated_and_waiting,
        _seats_of_cancelled,
        _broken_invitations,
        _items_in_the_wrong_line,
        _rows_of_other_events,
        _loose_items,
        _ledger_gaps,
        _ledger_ends,
        _unfounded_moves,
        _doubled_seats,
        _doubled_mails,
    ]
    found = [offence for check in checks for offence in check(scope)]
    return found + (list(_idle_seats(scope, at or timezone.now())) if swept else [])


def _wrong_counters(scope: Scope) -> Iterator[Offence]:
    """Counters = rows."""
    true = counted(scope)
    for seats_id, target in scope.targets.items():
        stored = Counters.of(target.seats)
        if stored != true[seats_id]:
            message = f"the counters say {stored}; the rows say {true[seats_id]}"
            yield Offence("counters", scope.name(seats_id), message)


def _too_many(scope: Scope) -> Iterator[Offence]:
    """Taken + held ≤ hard limit, those added past capacity apart."""
    for seats_id, target in scope.targets.items():
        seats = target.seats
        if seats.hard_limit is None or seats.taken + seats.held <= seats.hard_limit:
            continue
        rows: QuerySet[Any] = EventRegistration.objects.confirmed().filter(event__seats=seats)
        if isinstance(target, Session):
            rows = SessionRegistration.objects.active().filter(session=target)
        over = seats.taken + seats.held - seats.hard_limit
        if rows.filter(is_past_capacity=True).count() < over:
            yield Offence(
                "hard_limit", scope.name(seats_id), f"{over} over the hard limit {seats.hard_limit}"
            )


def _blocked_overlaps(scope: Scope) -> Iterator[Offence]:
    """Nobody holds two sessions of which one must not be overlapped, unless that was accepted."""
    other = "contact__session_registrations"
    rows = scope.narrow(SessionRegistration.objects.active(), "session__event").filter(
        Q(session__prevent_session_conflicts=True)
        | Q(**{f"{other}__session__prevent_session_conflicts": True}),
        overlap_accepted=False,
        **{
            f"{other}__pk__gt": F("pk"),
            f"{other}__cancelled_at": None,
            f"{other}__overlap_accepted": False,
            f"{other}__session__starts_at__lt": F("session__ends_at"),
            f"{other}__session__ends_at__gt": F("session__starts_at"),
        },
    )
    pairs = rows.order_by("pk").values_list("contact__email", "session__name", f"{other}__session__name")
    for email, one, two in pairs:
        yield Offence("overlap", f"contact {email}", f"holds “{one}” and “{two}” at the same time")


def _seated_and_waiting(scope: Scope) -> Iterator[Offence]:
    """Nobody waits for what they have."""
    same = {"contact": OuterRef("contact")}
    seated = SessionRegistration.objects.active().filter(session=OuterRef("session"), **same)
    confirmed = EventRegistration.objects.confirmed().filter(event=OuterRef("event"), **same)
    has_it = Q(Exists(seated)) | Q(Exists(confirmed), session=None)
    items = scope.narrow(WaitlistItem.objects.open()).filter(has_it).order_by("pk")
    for seats_id, email in items.values_list("seats_id", "contact__email"):
        yield Offence("seated_and_waiting", scope.name(seats_id), f"{email} has a seat and waits for one")


def _seats_of_cancelled(scope: Scope) -> Iterator[Offence]:
    """A live seat hangs on the same person's live, confirmed registration at the same event; so does a pass."""
    seats = scope.narrow(SessionRegistration.objects.active(), "session__event").exclude(
        event_registration__status=EventRegistration.Status.CONFIRMED,
        event_registration__contact=F("contact"),
        event_registration__event=F("session__event"),
    )
    for seats_id, email in seats.order_by("pk").values_list("session__seats", "contact__email"):
        yield Offence("loose_seat", scope.name(seats_id), f"{email}'s seat hangs on no live registration")
    passes = scope.narrow(AttendeePass.objects.filter(cancelled_at=None), "event_pass__event").exclude(
        event_registration__status=EventRegistration.Status.CONFIRMED,
        event_registration__event=F("event_pass__event"),
    )
    held = passes.order_by("pk").values_list("event_pass__seats", "event_registration__contact__email")
    for seats_id, email in held:
        yield Offence("loose_seat", scope.name(seats_id), f"{email}'s pass hangs on no live registration")


def _broken_invitations(scope: Scope) -> Iterator[Offence]:
    """An open invitation has somebody to answer it; whoever is invited has an open one, of the same line."""
    invited = WaitlistItem.objects.invited().filter(invitation_slot=OuterRef("pk"))
    slots = InvitationSlot.objects.filter(~Exists(invited), closed_at=None)
    if scope.event is not None:
        slots = slots.filter(seats__in=list(scope.targets))
    for slot_id, seats_id in slots.order_by("pk").values_list("pk", "seats_id"):
        yield Offence(
            "empty_invitation", scope.name(seats_id), f"invitation {slot_id} holds a seat for nobody"
        )
    is_wrong = Q(invitation_slot__closed_at__isnull=False) | ~Q(invitation_slot__seats=F("seats"))
    items = scope.narrow(WaitlistItem.objects.invited()).filter(is_wrong).order_by("pk")
    for seats_id, email in items.values_list("seats_id", "contact__email"):
        yield Offence(
            "no_seat_held", scope.name(seats_id), f"{email} is invited, but no seat is held for them"
        )


def _items_in_the_wrong_line(scope: Scope) -> Iterator[Offence]:
    """An item stands in its own target's line, and its session belongs to its event."""
    wrong = Q(session=None) & ~Q(seats=F("event__seats"))
    wrong |= Q(session__isnull=False) & (~Q(seats=F("session__seats")) | ~Q(event=F("session__event")))
    items = scope.narrow(WaitlistItem.objects.filter(wrong)).order_by("pk")
    for seats_id, email in items.values_list("seats_id", "contact__email"):
        yield Offence("wrong_line", scope.name(seats_id), f"{email} waits here for something else")


def _rows_of_other_events(scope: Scope) -> Iterator[Offence]:
    """A row names the event of what it hangs on."""
    for where, message in rows_of_other_events(scope):
        yield Offence("wrong_event", where, message)


def _loose_items(scope: Scope) -> Iterator[Offence]:
    """Whoever waits for the event is registered as waitlisted, nobody else is; all who wait are registered."""
    live = EventRegistration.objects.active()
    theirs = live.filter(event=OuterRef("event"), contact=OuterRef("contact"))
    waitlisted = theirs.filter(status=EventRegistration.Status.WAITLISTED)
    loose = (Q(session=None) & ~Exists(waitlisted)) | ~Exists(theirs)
    items = scope.narrow(WaitlistItem.objects.open()).filter(loose).order_by("pk")
    for seats_id, email in items.values_list("seats_id", "contact__email"):
        yield Offence("loose_item", scope.name(seats_id), f"{email} waits without a registration for it")
    hopes = WaitlistItem.objects.open().filter(
        session=None, event=OuterRef("event"), contact=OuterRef("contact")
    )
    hopeless = scope.narrow(live).filter(~Exists(hopes), status=EventRegistration.Status.WAITLISTED)
    for seats_id, email in hopeless.order_by("pk").values_list("event__seats", "contact__email"):
        yield Offence("loose_item", scope.name(seats_id), f"{email} is waitlisted, but stands in no line")


def _ledger_gaps(scope: Scope) -> Iterator[Offence]:
    """Every movement begins where the one before it ended; a repair begins anew."""
    movements = scope.narrow(Activity.objects.filter(seats__isnull=False)).order_by()
    gaps = Q()
    for name in Counters._fields:
        before = Window(Lag(name), partition_by=[F("seats")], order_by=[F("id").asc()])
        movements = movements.annotate(**{f"{name}_before": Coalesce(before, 0)})
        gaps |= ~Q(**{name: F(f"{name}_before") + F(f"{name}_change")})
    for seats_id, pk, verb in movements.filter(gaps).values_list("seats_id", "id", "verb"):
        if verb != Verb.CORRECTED:
            yield Offence(
                "ledger_gap", scope.name(seats_id), f"ledger entry {pk} does not follow from the one before"
            )


def _ledger_ends(scope: Scope) -> Iterator[Offence]:
    """The last movement left what is stored now; where nothing was moved, nothing is taken, held or waited for."""
    of_event = scope.narrow(Activity.objects.filter(seats__isnull=False)).order_by()
    last_ids = of_event.values("seats").annotate(last=Max("id")).values("last")
    rows = Activity.objects.filter(pk__in=last_ids).values_list("seats", *Counters._fields, "capacity")
    ends = {seats_id: (Counters(*figures), capacity) for seats_id, *figures, capacity in rows}
    for seats_id, target in scope.targets.items():
        seats: SeatCount = target.seats
        end, capacity = ends.get(seats_id, (Counters(0, 0, 0), seats.capacity))
        if end != Counters.of(seats):
            yield Offence(
                "ledger_end", scope.name(seats_id), f"the ledger ends with {end}; stored is {seats}"
            )
        elif capacity != seats.capacity:
            message = f"the ledger ends with capacity {capacity}; stored is {seats.capacity}"
            yield Offence("ledger_end", scope.name(seats_id), message)


def _unfounded_moves(scope: Scope) -> Iterator[Offence]:
    """Every movement that took a seat and was no override found one; a newcomer's also passed nobody by."""
    moves = scope.narrow(Activity.objects.filter(capacity__isnull=False)).exclude(
        verb__in=[Verb.ADDED_PAST_CAPACITY, Verb.CORRECTED]
    )
    had_no_seat = Q(capacity__lt=F("taken") + F("held"), taken_change__gt=-F("held_change"))
    is_newcomer = Q(verb=Verb.REGISTERED, held_change=0, waiting_change=0)
    passed_by = is_newcomer & Q(taken_change__gt=0, capacity__lt=F("taken") + F("held") + F("waiting"))
    for seats_id, pk in moves.filter(had_no_seat | passed_by).order_by("pk").values_list("seats_id", "id"):
        yield Offence(
            "no_availability", scope.name(seats_id), f"ledger entry {pk} took a seat that was not free"
        )


def _doubled_seats(scope: Scope) -> Iterator[Offence]:
    """One live row per person and session, and per person and event; one open place in each line."""
    seats = scope.narrow(SessionRegistration.objects.active(), "session__event")
    people = scope.narrow(EventRegistration.objects.active())
    items = scope.narrow(WaitlistItem.objects.open())
    live, places = ("doubled_seat", "live registrations"), ("doubled_item", "places in this line")
    rows: QuerySet[Any]
    for rows, path, (code, what) in (
        (seats, "session__seats", live),
        (people, "event__seats", live),
        (items, "seats", places),
    ):
        each = rows.order_by().values(path, "contact__email").annotate(number=Count("pk"))
        for row in each.filter(number__gt=1):
            yield Offence(code, scope.name(row[path]), f"{row['contact__email']} has {row['number']} {what}")


def _doubled_mails(scope: Scope) -> Iterator[Offence]:
    """A movement is told to a person at most once."""
    mails = scope.narrow(Notification.objects.filter(activity__isnull=False)).order_by()
    doubled = mails.values("activity", "contact__email").annotate(number=Count("pk")).filter(number__gt=1)
    for row in doubled:
        message = f"ledger entry {row['activity']} was told in {row['number']} mails"
        yield Offence("doubled_mail", f"contact {row['contact__email']}", message)


def _idle_seats(scope: Scope, at: datetime) -> Iterator[Offence]:
    """Nobody who could be served waits beside a free seat."""
    for seats_id, target in scope.targets.items():
        if isinstance(target, Pass) or not target.waitlist_enabled or not _is_served(target, at):
            continue
        if target.seats.waiting and target.seats.has_seat_for_line:
            yield Offence(
                "idle_seat", scope.name(seats_id), f"a seat is free, but people wait: {target.seats}"
            )


def _is_served(target: Event | Session, at: datetime) -> bool:
    event = target.event if isinstance(target, Session) else target
    has_started = target.starts_at is not None and target.starts_at <= at
    is_unlimited_room = isinstance(target, Session) and target.is_capacity_missing
    return event.is_live and target.is_live and not has_started and not is_unlimited_room
