"""Races about one seat, each as one round of a storm: a scene of its own, fifty acts, what must come out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import InvitationGone
from events.models import Event, User
from registrations.actions import (
    accept_invitation,
    add_to_session,
    cancel_session,
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    settle,
    swap,
    sweep,
)
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, figures, holders, outcomes, people
from tests.factories import ContactFactory, EventFactory, SessionFactory, UserFactory, at
from tests.races.at_once import Act, errors
from waitlists.models import WaitlistItem

CLIENTS = 50
Results = list[Any]


@dataclass
class Round:
    """One event, what fifty clients do at the same instant, and what must be so afterwards."""

    event: Event
    acts: list[Act]
    check: Callable[[Results], None]


def newcomers(count: int, session: Session) -> list[Attendee]:
    """People nobody has heard of yet."""
    return people(count, f"new{session.pk}-")


def seated(session: Session, count: int, name: str = "holder") -> list[Attendee]:
    """Let people have seats, in one go."""
    who = people(count, f"{name}{session.pk}-")
    lines = add_to_session(session, who, actor=SYSTEM)
    assert all(line.is_success for line in lines)
    return who


def waiting(session: Session, count: int) -> set[str]:
    """Let people wait, in order; return their names."""
    who = people(count, f"waits{session.pk}-")
    for one in who:
        claim(session, one, wait=True)
    return {one.email.split("@")[0] for one in who}


def shuffled(acts: Iterable[Act]) -> list[Act]:
    """In an order that differs from round to round; at least fifty."""
    mixed = list(acts)
    assert len(mixed) >= CLIENTS, len(mixed)
    random.shuffle(mixed)
    return mixed


def registrations(event: Event) -> list[EventRegistration]:
    """The live registrations of the event."""
    rows = EventRegistration.objects.active().filter(event=event)
    return list(rows.select_related("contact", "event").order_by("id"))


def answers(results: Results) -> Counter[str]:
    """How often each outcome was the answer to an agenda."""
    assert errors(results) == []
    return Counter(word for result in results if result is not None for word in outcomes(result))


def last_seat() -> Round:
    """Fifty newcomers, one seat."""
    session = SessionFactory(capacity=1)
    acts = [partial(claim, session, who) for who in newcomers(CLIENTS, session)]

    def check(results: Results) -> None:
        assert answers(results) == {"registered": 1, "full": CLIENTS - 1}
        assert figures(session) == (1, 1, 0, 0)

    return Round(session.event, acts, check)


def double_click() -> Round:
    """One person clicks fifty times; in every other round nobody knew them before."""
    session = SessionFactory(capacity=60)
    [who] = newcomers(1, session)
    if session.pk % 2:
        # Else the contact's own row, of which there can be but one, makes the clicks wait for the first.
        ContactFactory(email=who.email)

    def check(results: Results) -> None:
        assert answers(results) == {"registered": 1, "already": CLIENTS - 1}
        assert len(holders(session)) == len(registrations(session.event)) == 1
        assert Notification.objects.filter(event=session.event).count() == 1

    return Round(session.event, [partial(claim, session, who)] * CLIENTS, check)


def overlapping_pair() -> Round:
    """Five people without a registration click five times on each of two sessions that overlap."""
    event = EventFactory()
    one = SessionFactory(event=event, own_timezone="Europe/Berlin", starts_at=at(10), ends_at=at(11))
    two = SessionFactory(event=event, own_timezone="Asia/Kolkata", starts_at=at(10, 30), ends_at=at(12))
    who = newcomers(5, one)
    # Nobody knew the last one: there the contact's own row, of which there can be but one, does what the lock does.
    for known in who[:4]:
        ContactFactory(email=known.email)
    acts = [partial(claim, session, each) for each in who for session in (one, two) for _ in "12345"]

    def check(results: Results) -> None:
        assert answers(results) == {"registered": 5, "already": 20, "conflict": 25}
        assert (holders(one) & holders(two), len(holders(one) | holders(two))) == (set(), 5)

    return Round(event, shuffled(acts), check)


def swap_while_it_fills() -> Round:
    """Ten people want to swap A for B, while forty others claim the five seats of B."""
    event = EventFactory()
    a, b = SessionFactory(event=event, capacity=10), SessionFactory(event=event, capacity=5)
    seated(a, 10)
    swaps = [partial(swap, one, a, b) for one in registrations(event)]
    acts = [*swaps, *(partial(claim, b, who) for who in newcomers(40, b))]

    def check(results: Results) -> None:
        assert errors(results) == []
        swapped = sum(1 for result in results if result.applied and len(result.lines) == 2)
        assert len(holders(b)) == sum(1 for result in results if result.applied) == 5
        assert (len(holders(a)), holders(a) & holders(b)) == (10 - swapped, set())

    return Round(event, shuffled(acts), check)


def swap_with_each_other() -> Round:
    """Twenty-five people on each side want to the other one; each side has three seats left."""
    event = EventFactory()
    one, two = SessionFactory.create_batch(2, event=event, capacity=28)
    seated(one, 25, "one")
    seated(two, 25, "two")
    sides = {True: (one, two), False: (two, one)}
    acts = [
        partial(swap, mine, *sides[mine.contact.email.startswith("one")]) for mine in registrations(event)
    ]

    def check(results: Results) -> None:
        assert errors(results) == []
        assert any(result.applied for result in results)
        assert (holders(one) & holders(two), len(holders(one) | holders(two))) == (set(), 50)

    return Round(event, shuffled(acts), check)


def cancel_against_register() -> Round:
    """Five give their seats back and five wait for them, while forty newcomers ask."""
    session = SessionFactory(capacity=5)
    seated(session, 5)
    in_line = waiting(session, 5)
    seats = SessionRegistration.objects.active().filter(session=session)
    cancels = [partial(cancel_session_registrations, [seat], actor=ATTENDEE) for seat in seats]
    acts = [*cancels, *(partial(claim, session, who) for who in newcomers(45, session))]

    def check(results: Results) -> None:
        assert errors(results) == []
        assert holders(session) == in_line

    return Round(session.event, shuffled(acts), check)


def capacity_lowered_during_promotion() -> Round:
    """Ten are promoted by nine workers into eight seats, which become four, then six, meanwhile; newcomers ask."""
    session = SessionFactory(capacity=0)
    in_line = waiting(session, 10)
    # Nobody is served at a moment after the start: so a killed process leaves it.
    change_capacity(session, 8, actor=SYSTEM, at=session.ends_at)
    workers: list[Act] = [partial(settle, [session.seats_id])] * 9
    lowers = [partial(change_capacity, session, capacity, actor=SYSTEM) for capacity in (4, 6)]
    acts = [*workers, *lowers, *(partial(claim, session, who) for who in newcomers(39, session))]

    def check(results: Results) -> None:
        assert errors(results) == []
        assert holders(session) <= in_line
        assert 4 <= len(holders(session)) <= 8
        told = Notification.objects.filter(event=session.event, kind="promoted").values_list(
            "contact", flat=True
        )
        assert len(told) == len(set(told)) == len(holders(session))

    return Round(session.event, shuffled(acts), check)


def workers_promote_and_expire() -> Round:
    """Fifty workers find free seats with people in line, and an invitation whose time is over."""
    event = EventFactory()
    promoting = SessionFactory(event=event, capacity=0)
    promoted = waiting(promoting, 4)
    change_capacity(promoting, 3, actor=SYSTEM, at=promoting.ends_at)
    inviting = SessionFactory(
        event=event, capacity=0, own_auto_register_waitlisted=False, own_invitations_per_slot=2
    )
    waiting(inviting, 4)
    change_capacity(inviting, 1, actor=SYSTEM)
    moment = WaitlistItem.objects.invited().filter(session=inviting).latest("id").invitation_slot.expires_at
    expire, promote = partial(expire_invitations, at=moment), partial(sweep, at=moment)

    def check(results: Results) -> None:
        assert errors(results) == []
        assert (len(holders(promoting)), holders(promoting) - promoted) == (3, set())
        line = WaitlistItem.objects.filter(session=inviting).in_line()
        assert [item.status for item in line] == ["expired", "expired", "invited", "invited"]
        mails = (
            Notification.objects.filter(event=event).exclude(kind="registered").values_list("contact", "kind")
        )
        assert Counter(kind for _contact, kind in mails) == {
            "promoted": 3,
            "invited": 4,
            "invitation_expired": 2,
        }
        assert len(mails) == len(set(mails))

    return Round(event, shuffled([expire, promote] * (CLIENTS // 2)), check)


def accept_against_expiry() -> Round:
    """Five people invited for one seat accept in the last second, three clicks each; 35 workers end the offer."""
    event = EventFactory(auto_register_waitlisted=False, invitations_per_slot=5)
    session = SessionFactory(event=event, capacity=0)
    waiting(session, 5)
    change_capacity(session, 1, actor=SYSTEM)
    invited = list(WaitlistItem.objects.invited().filter(session=session).select_related("contact"))
    deadline = invited[0].invitation_slot.expires_at
    early = deadline - timezone.timedelta(seconds=1)
    accepts = [partial(accept_invitation, item, contact=item.contact, at=early) for item in invited] * 3
    acts: list[Act] = [*accepts, *[partial(expire_invitations, at=deadline)] * 35]

    def check(results: Results) -> None:
        assert all(isinstance(error, InvitationGone) for error in errors(results))
        left = Counter(WaitlistItem.objects.filter(session=session).values_list("status", flat=True))
        assert left in ({"registered": 1, "waiting": 4}, {"expired": 5})
        assert len(holders(session)) == left["registered"]

    return Round(event, shuffled(acts), check)


def staff_against_attendees() -> Round:
    """Ten helpers add two people each, two of them past capacity, while forty others claim the five seats."""
    session = SessionFactory(capacity=5)
    acts: list[Act] = [partial(claim, session, who) for who in newcomers(40, session)]
    more = people(20, f"added{session.pk}-")
    helper = Actor.staff(User.objects.filter(is_superuser=True).first() or UserFactory(is_superuser=True))
    for number in range(10):
        add = partial(
            add_to_session, session, more[2 * number : 2 * number + 2], actor=helper, reason="Speaker"
        )
        acts.append(partial(add, past_capacity=number < 2))

    def check(results: Results) -> None:
        assert errors(results) == []
        rows = SessionRegistration.objects.active().filter(session=session)
        past = rows.filter(is_past_capacity=True).count()
        assert rows.count() == 5 + past
        assert past <= 4
        assert {one.email.split("@")[0] for one in more[:4]} <= holders(session)

    return Round(session.event, shuffled(acts), check)


def session_cancelled() -> Round:
    """A session is cancelled, by two organizers, while forty-eight people register for it."""
    session = SessionFactory(capacity=60)
    cancel = partial(cancel_session, session, actor=SYSTEM)
    acts = [cancel, cancel, *(partial(claim, session, who) for who in newcomers(48, session))]

    def check(results: Results) -> None:
        assert errors(results) == []
        assert holders(session) == set()
        asked = [result for result in results if not isinstance(result, int)]
        got = sum(1 for result in asked if result.applied)
        told = Notification.objects.filter(event=session.event, kind="session_cancelled")
        assert told.count() == got == sum(result for result in results if isinstance(result, int))

    return Round(session.event, shuffled(acts), check)


RACES: dict[str, Callable[[], Round]] = {
    race.__name__: race
    for race in (
        last_seat,
        double_click,
        overlapping_pair,
        swap_while_it_fills,
        swap_with_each_other,
        cancel_against_register,
        capacity_lowered_during_promotion,
        workers_promote_and_expire,
        accept_against_expiry,
        staff_against_attendees,
        session_cancelled,
    )
}
