"""Say wishes, alone or together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import ATTENDEE, Actor
from events.errors import Invalid
from events.models import Event
from events.retrying import action
from registrations import locks
from registrations.actions.draws._states import check_open, locked_registration, shared_open
from registrations.actions.journal import Journal
from registrations.models import Activity, Draw, EventRegistration, Ticket, TicketHolder, Wish
from registrations.models.tickets import MOST_ON_ONE_TICKET
from registrations.rules.draws import Wished, check_wishes
from sessions_app.models import Session


@action
def state_wishes(
    registration: EventRegistration,
    draw: Draw,
    wishes: Wished,
    *,
    known: Collection[Session] | None = None,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Ticket:
    """Let these be the person's wishes in the draw, the dearest first, instead of any before; return the ticket.

    Each is a session and, for whoever does not get it, up to which place they wait in its line (None: at any). Whoever
    is in a group says them for all of it. Who gives what they had before as `known` undoes nothing that was changed
    since: a wish said meanwhile stays, behind these, and one taken out stays out. Nobody is told. Raises NotOpenYet and
    Closed outside the window, RegistrationCancelled, and Invalid for a session that is not in the draw, one named
    twice, and too many.
    """
    at = at or timezone.now()
    check_open(draw, at)
    check_wishes(wishes, _drawn(draw))
    with transaction.atomic(durable=True):
        fresh = locked_registration(registration, draw)
        ticket = _ticket_of(fresh, shared_open(draw.pk, at))
        if known is not None:
            wishes = _merged(wishes, _stated_on(ticket), known)
            check_wishes(wishes, _drawn(draw))
        _replace(ticket, wishes)
        _note(actor, at, fresh, draw, wishes=len(wishes))
        actor.done(ticket)
    return ticket


@action
def change_wishes(
    registration: EventRegistration,
    draw: Draw,
    *,
    add: Sequence[Session] = (),
    remove: Collection[Session] = (),
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Ticket:
    """Put some sessions behind the person's other wishes, to be waited for at any place, and take others out.

    Returns the ticket. What is wished for already keeps its rank, so repeating is harmless. Whoever changes the list at
    the same instant, in another browser or in the same group, has their way too. Raises what `state_wishes` raises.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = locked_registration(registration, draw)
        ticket = _ticket_of(fresh, shared_open(draw.pk, at))
        stated = _stated_on(ticket)
        known, gone = {session.pk for session, _place in stated}, {session.pk for session in remove}
        left = [wish for wish in stated if wish[0].pk not in gone]
        wishes = [*left, *((session, None) for session in add if session.pk not in known)]
        if wishes == stated:
            return actor.done(ticket)
        check_wishes(wishes, _drawn(draw))
        _replace(ticket, wishes)
        _note(actor, at, fresh, draw, wishes=len(wishes))
        actor.done(ticket)
    return ticket


@action
def invite_to_ticket(
    registration: EventRegistration, draw: Draw, *, actor: Actor = ATTENDEE, at: datetime | None = None
) -> Ticket:
    """Return the person's ticket, made where they have none yet: whoever has its `invitation` may come onto it.

    Raises what `state_wishes` raises of the window and the registration.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        ticket = _ticket_of(locked_registration(registration, draw), shared_open(draw.pk, at))
        actor.done(ticket)
    return ticket


@action
def join_ticket(
    invitation: str,
    registration: EventRegistration,
    *,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Ticket:
    """Put the person on the ticket of this invitation; what they wished for by themselves is gone. Return the ticket.

    From then on all on it share its wishes and get each session together, or not. Who is on it already stays there.
    Raises Invalid for an invitation that leads to no group, for whoever is in another group, and for one person
    too many, and what `state_wishes` raises of the window and the registration.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        invited = Ticket.objects.filter(invitation=invitation).select_related("draw").first()
        if invited is None:
            raise _unknown()
        fresh = locked_registration(registration, invited.draw)
        draw = shared_open(invited.draw_id, at)
        ticket = _move_onto(invited, fresh, draw)
        _note(actor, at, fresh, draw, group=ticket.holders.count())
        actor.done(ticket)
    return ticket


@action
def leave_ticket(
    registration: EventRegistration, draw: Draw, *, actor: Actor = ATTENDEE, at: datetime | None = None
) -> Ticket:
    """Put the person on a ticket of their own, with the wishes that the group has; return it.

    Nothing changes for whoever is alone on theirs. Raises what `state_wishes` raises of window and registration.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = locked_registration(registration, draw)
        shared_open(draw.pk, at)
        shared = _ticket_of(fresh, draw)
        if shared.holders.count() == 1:
            return actor.done(shared)
        shared.holders.filter(registration=fresh).delete()
        ticket = _new_ticket(fresh, draw)
        copies = [
            Wish(ticket=ticket, session_id=one.session_id, rank=one.rank, wait_at_most=one.wait_at_most)
            for one in shared.wishes.all()
        ]
        Wish.objects.bulk_create(copies)
        _note(actor, at, fresh, draw, group=1)
        actor.done(ticket)
    return ticket


def _drawn(draw: Draw) -> Iterable[int]:
    """The ids of the draw's sessions."""
    return draw.draw_sessions.values_list("session_id", flat=True)


def _stated_on(ticket: Ticket) -> list[tuple[Session, int | None]]:
    """What the ticket wishes for, dearest first. Needs: the ticket."""
    rows = ticket.wishes.select_related("session").order_by("rank")
    return [(wish.session, wish.wait_at_most) for wish in rows]


def _merged(wishes: Wished, stated: Wished, known: Collection[Session]) -> Wished:
    """The wishes of somebody who knew of those `known`, where by now those `stated` are on the ticket."""
    seen, now = {session.pk for session in known}, {session.pk for session, _place in stated}
    said = {session.pk for session, _place in wishes}
    left = [wish for wish in wishes if wish[0].pk in now or wish[0].pk not in seen]
    return [*left, *(wish for wish in stated if wish[0].pk not in seen | said)]


def _replace(ticket: Ticket, wishes: Wished) -> None:
    """Let the ticket wish for these alone. Needs: the ticket."""
    ticket.wishes.all().delete()
    Wish.objects.bulk_create(
        [
            Wish(ticket=ticket, session=session, rank=rank, wait_at_most=place)
            for rank, (session, place) in enumerate(wishes, 1)
        ]
    )


def _unknown() -> Invalid:
    return Invalid(_("This invitation leads to no group any more. Ask for another one."))


def _move_onto(invited: Ticket, registration: EventRegistration, draw: Draw) -> Ticket:
    """The locked ticket with this registration on it. Needs: the contact, the draw."""
    own = TicketHolder.objects.filter(draw=draw, registration=registration).first()
    # In one order: two who come onto each other's tickets at once must not wait for each other.
    for pk in sorted({invited.pk, *([own.ticket_id] if own else [])}):
        locks.lock_row(Ticket, pk)
    sizes = dict(
        TicketHolder.objects.filter(ticket__in=[invited.pk, own.ticket_id if own else invited.pk])
        .values_list("ticket")
        .annotate(Count("pk"))
    )
    if invited.pk not in sizes:
        raise _unknown()
    if own is not None and own.ticket_id == invited.pk:
        return invited
    if own is not None and sizes[own.ticket_id] > 1:
        raise Invalid(_("You are in a group already. Leave it first; you can then join this one."))
    if sizes[invited.pk] >= MOST_ON_ONE_TICKET:
        raise Invalid(
            _("This group has %(n)d people already, which is the most.") % {"n": MOST_ON_ONE_TICKET}
        )
    if own is not None:
        own.delete()
        Ticket.objects.filter(pk=own.ticket_id).delete()
    taken = set(invited.holders.values_list("number", flat=True))
    number = next(one for one in range(1, MOST_ON_ONE_TICKET + 1) if one not in taken)
    TicketHolder.objects.create(draw=draw, ticket=invited, registration=registration, number=number)
    return invited


def _ticket_of(registration: EventRegistration, draw: Draw) -> Ticket:
    """The person's locked ticket, made where they have none. Needs: the contact, the draw.

    Without the lock two of a group could each write a list at once, and both lists would stand mixed.
    """
    own = TicketHolder.objects.filter(draw=draw, registration=registration).first()
    if own is None:
        return _new_ticket(registration, draw)
    locks.lock_row(Ticket, own.ticket_id)
    return Ticket.objects.get(pk=own.ticket_id)


def _new_ticket(registration: EventRegistration, draw: Draw) -> Ticket:
    ticket = Ticket.objects.create(draw=draw)
    TicketHolder.objects.create(draw=draw, ticket=ticket, registration=registration)
    return ticket


def _note(actor: Actor, at: datetime, registration: EventRegistration, draw: Draw, **detail: int) -> None:
    """Let the ledger keep that wishes were said or shared; which ones stays between the person and the draw."""
    journal = Journal(actor, at, {})
    event: Event = draw.event
    journal.note(Activity.Verb.WISHED, event, registration.contact, detail={"draw": draw.pk, **detail})
    journal.write()
