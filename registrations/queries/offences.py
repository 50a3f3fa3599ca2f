"""Rows about seats that contradict each other: each check is one query over all events, or over one.

What a constraint guards is asked all the same where seats hang on it: rows may come from a copy whose constraints
were switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import Coalesce, Lag

from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    SessionRegistration,
)
from registrations.queries.asked_once import Question, Rows, Within
from registrations.queries.counters import Counters, Scope
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


Check = Callable[[Scope], Iterator[Offence]]


def finds(code: str, message: str, where: str = "") -> Callable[[Callable[[Within], Rows]], Check]:
    """Make a check of a query: each of its rows is an offence, told in these words.

    Without `where`, a row begins with the id of the seat count at which it was found.
    """

    def check_of(ask: Callable[[Within], Rows]) -> Check:
        question = Question(ask)

        def check(scope: Scope) -> Iterator[Offence]:
            for row in question.rows(scope.event_id):
                yield Offence(code, where.format(*row) or scope.name(row[0]), message.format(*row))

        return check

    return check_of


@finds("overlap", "holds “{1}” and “{2}” at the same time", where="contact {0}")
def blocked_overlaps(within: Within) -> Rows:
    """Nobody holds two sessions of which one must not be overlapped, unless that was accepted."""
    other = "contact__session_registrations"
    rows = within.narrow(SessionRegistration.objects.active(), "session__event").filter(
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
    return rows.order_by("pk").values_list("contact__email", "session__name", f"{other}__session__name")


@finds("seated_and_waiting", "{1} has a seat and waits for one")
def seated_and_waiting(within: Within) -> Rows:
    """Nobody waits for what they have."""
    same = {"contact": OuterRef("contact")}
    seated = SessionRegistration.objects.active().filter(session=OuterRef("session"), **same)
    confirmed = EventRegistration.objects.confirmed().filter(event=OuterRef("event"), **same)
    has_it = Q(Exists(seated)) | Q(Exists(confirmed), session=None)
    items = within.narrow(WaitlistItem.objects.open()).filter(has_it).order_by("pk")
    return items.values_list("seats_id", "contact__email")


@finds("loose_seat", "{1}'s seat hangs on no live registration")
def seats_of_cancelled(within: Within) -> Rows:
    """A live seat hangs on the same person's live, confirmed registration at the same event."""
    seats = within.narrow(SessionRegistration.objects.active(), "session__event").exclude(
        event_registration__status=EventRegistration.Status.CONFIRMED,
        event_registration__contact=F("contact"),
        event_registration__event=F("session__event"),
    )
    return seats.order_by("pk").values_list("session__seats", "contact__email")


@finds("loose_seat", "{1}'s pass hangs on no live registration")
def passes_of_cancelled(within: Within) -> Rows:
    """So does a pass."""
    passes = within.narrow(AttendeePass.objects.filter(cancelled_at=None), "event_pass__event").exclude(
        event_registration__status=EventRegistration.Status.CONFIRMED,
        event_registration__event=F("event_pass__event"),
    )
    return passes.order_by("pk").values_list("event_pass__seats", "event_registration__contact__email")


@Question
def _empty_invitations(_within: Within) -> Rows:
    invited = WaitlistItem.objects.invited().filter(invitation_slot=OuterRef("pk"))
    slots = InvitationSlot.objects.filter(~Exists(invited), closed_at=None)
    return slots.order_by("pk").values_list("seats_id", "pk")


def empty_invitations(scope: Scope) -> Iterator[Offence]:
    """An open invitation has somebody to answer it."""
    for seats_id, pk in _empty_invitations.rows(scope.event_id):
        if scope.event is None or seats_id in scope.stored:
            message = f"invitation {pk} holds a seat for nobody"
            yield Offence("empty_invitation", scope.name(seats_id), message)


@finds("no_seat_held", "{1} is invited, but no seat is held for them")
def invited_without_seat(within: Within) -> Rows:
    """Whoever is invited has an open invitation, of the same line."""
    is_wrong = Q(invitation_slot__closed_at__isnull=False) | ~Q(invitation_slot__seats=F("seats"))
    items = within.narrow(WaitlistItem.objects.invited()).filter(is_wrong).order_by("pk")
    return items.values_list("seats_id", "contact__email")


@finds("wrong_line", "{1} waits here for something else")
def items_in_the_wrong_line(within: Within) -> Rows:
    """An item stands in its own target's line, and its session belongs to its event."""
    wrong = Q(session=None) & ~Q(seats=F("event__seats"))
    wrong |= Q(session__isnull=False) & (~Q(seats=F("session__seats")) | ~Q(event=F("session__event")))
    items = within.narrow(WaitlistItem.objects.filter(wrong)).order_by("pk")
    return items.values_list("seats_id", "contact__email")


@finds("parted_group", "{1} waits together with somebody of another line")
def parted_groups(within: Within) -> Rows:
    """A group that waits together stands in one line."""
    items = WaitlistItem.objects.open().filter(together__isnull=False)
    others = items.filter(together=OuterRef("together")).exclude(seats=OuterRef("seats"))
    return (
        within.narrow(items.filter(Exists(others))).order_by("pk").values_list("seats_id", "contact__email")
    )


@finds("loose_item", "{1} waits without a registration for it")
def loose_items(within: Within) -> Rows:
    """Who waits for the event is registered as waitlisted; whoever else waits is registered too."""
    theirs = EventRegistration.objects.active().filter(event=OuterRef("event"), contact=OuterRef("contact"))
    waitlisted = theirs.filter(status=EventRegistration.Status.WAITLISTED)
    loose = (Q(session=None) & ~Exists(waitlisted)) | ~Exists(theirs)
    items = within.narrow(WaitlistItem.objects.open()).filter(loose).order_by("pk")
    return items.values_list("seats_id", "contact__email")


@finds("loose_item", "{1} is waitlisted, but stands in no line")
def hopeless(within: Within) -> Rows:
    """Who is registered as waitlisted waits for the event."""
    hopes = WaitlistItem.objects.open().filter(
        session=None, event=OuterRef("event"), contact=OuterRef("contact")
    )
    live = within.narrow(EventRegistration.objects.active())
    found = live.filter(~Exists(hopes), status=EventRegistration.Status.WAITLISTED)
    return found.order_by("pk").values_list("event__seats", "contact__email")


@Question
def _gaps(within: Within) -> Rows:
    movements = within.narrow(Activity.objects.filter(seats__isnull=False)).order_by()
    gaps = Q()
    for name in Counters._fields:
        before = Window(Lag(name), partition_by=[F("seats")], order_by=[F("id").asc()])
        movements = movements.annotate(**{f"{name}_before": Coalesce(before, 0)})
        gaps |= ~Q(**{name: F(f"{name}_before") + F(f"{name}_change")})
    return movements.filter(gaps).values_list("seats_id", "id", "verb")


def ledger_gaps(scope: Scope) -> Iterator[Offence]:
    """Each movement begins where the one before it ended; a repair begins anew."""
    for seats_id, pk, verb in _gaps.rows(scope.event_id):
        if verb != Verb.CORRECTED:
            message = f"ledger entry {pk} does not follow from the one before"
            yield Offence("ledger_gap", scope.name(seats_id), message)


@finds("no_availability", "ledger entry {1} took a seat that was not free")
def unfounded_moves(within: Within) -> Rows:
    """Every movement that took a seat and was no override found one; a newcomer's also passed nobody by."""
    moves = within.narrow(Activity.objects.filter(capacity__isnull=False)).exclude(
        verb__in=[Verb.ADDED_PAST_CAPACITY, Verb.CORRECTED]
    )
    had_no_seat = Q(capacity__lt=F("taken") + F("held"), taken_change__gt=-F("held_change"))
    is_newcomer = Q(verb=Verb.REGISTERED, held_change=0, waiting_change=0)
    reserved = Q(verb=Verb.RESERVED, waiting_change=0, capacity__lt=F("taken") + F("held") + F("waiting"))
    passed_by = is_newcomer & Q(taken_change__gt=0, capacity__lt=F("taken") + F("held") + F("waiting"))
    return moves.filter(had_no_seat | passed_by | reserved).order_by("pk").values_list("seats_id", "id")


def _doubled(rows: Rows, path: str) -> Rows:
    each = rows.order_by().values_list(path, "contact__email").annotate(number=Count("pk"))
    return each.filter(number__gt=1)


@finds("doubled_seat", "{1} has {2} live registrations")
def doubled_seats(within: Within) -> Rows:
    """One live row per person and session."""
    seats = within.narrow(SessionRegistration.objects.active(), "session__event")
    return _doubled(seats, "session__seats")


@finds("doubled_seat", "{1} has {2} live registrations")
def doubled_people(within: Within) -> Rows:
    """One live row per person and event."""
    return _doubled(within.narrow(EventRegistration.objects.active()), "event__seats")


@finds("doubled_item", "{1} has {2} places in this line")
def doubled_items(within: Within) -> Rows:
    """One open place per person in each line."""
    return _doubled(within.narrow(WaitlistItem.objects.open()), "seats")


@finds("doubled_mail", "ledger entry {0} was told in {2} mails", where="contact {1}")
def doubled_mails(within: Within) -> Rows:
    """A movement is told to a person at most once."""
    return _doubled(within.narrow(Notification.objects.filter(activity__isnull=False)), "activity")
