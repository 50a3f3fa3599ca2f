"""Everything at once, at random: whatever order the acts come in, the seats stay true, on both databases."""

from __future__ import annotations

import random
from functools import partial

import pytest

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import Refusal
from events.models import Contact
from registrations.actions import (
    accept_invitation,
    add_to_session,
    cancel_event_registrations,
    cancel_session_registrations,
    change_capacity,
    decline_invitation,
    expire_invitations,
    go_live,
    invite,
    leave_waitlist,
    register_from_waitlist,
    remove_from_waitlist,
    stop,
    submit_agenda,
    swap,
    sweep,
)
from registrations.models import EventRegistration, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from tests.factories import EventFactory, SessionFactory, UserFactory, at
from tests.races.at_once import at_once, errors
from waitlists.models import WaitlistItem

THREADS, ACTS = 6, 12
PEOPLE = [Attendee(f"guest{number}@example.org", "Guest", str(number)) for number in range(12)]


class Visitor:
    """One thread's own dice and what it may do; a refusal is an answer like any other."""

    def __init__(self, seed, event, sessions, staff):
        self.dice, self.event, self.sessions, self.staff = random.Random(seed), event, sessions, staff
        self.person = self.dice.choice(PEOPLE)

    def run(self):
        often = [self.ask, self.ask, self.ask, self.swap, self.cancel, self.leave, self.answer]
        acts = [*often, self.oversee, self.serve_by_hand, self.stop_and_go, self.go_home]
        for _number in range(ACTS):
            self.person = self.dice.choice(PEOPLE)
            try:
                self.dice.choice(acts)()
            except Refusal:
                continue

    def ask(self):
        wanted = self.dice.sample(self.sessions, 3)
        given_up = [one for one in self.dice.sample(self.sessions, 1) if one not in wanted]
        mode = self.dice.choice(["best_effort", "all_or_nothing"])
        submit_agenda(self.event, self.person, wanted, given_up, wait=self.dice.random() < 0.7, mode=mode)

    def cancel(self):
        mine = SessionRegistration.objects.active().filter(contact__email=self.person.email)
        cancel_session_registrations(list(mine[:2]), actor=ATTENDEE)

    def swap(self):
        for registration in EventRegistration.objects.active().filter(contact__email=self.person.email):
            for seat in registration.session_registrations.active()[:1]:
                swap(registration, seat.session, self.dice.choice(self.sessions))

    def leave(self):
        for item in WaitlistItem.objects.open().filter(contact__email=self.person.email)[:1]:
            leave_waitlist(item, contact=item.contact)

    def answer(self):
        for item in WaitlistItem.objects.invited()[:3]:
            act = self.dice.choice([accept_invitation, decline_invitation])
            act(item, contact=Contact.objects.get(pk=item.contact_id))

    def oversee(self):
        session = self.dice.choice(self.sessions)
        if self.dice.random() < 0.5:
            change_capacity(session, self.dice.randint(1, 5), actor=SYSTEM)
        else:
            person, past = self.dice.choice(PEOPLE), self.dice.random() < 0.5
            add_to_session(session, [person], actor=self.staff, reason="Speaker", past_capacity=past)
        expire_invitations(at=at(8))
        sweep()

    def serve_by_hand(self):
        items = WaitlistItem.objects.open().filter(session=self.dice.choice([*self.sessions, None]))[:2]
        if self.dice.random() < 0.3:
            remove_from_waitlist(items, actor=self.staff)
        elif self.dice.random() < 0.5:
            invite(items, actor=self.staff)
        else:
            past = self.dice.random() < 0.5
            register_from_waitlist(items, actor=self.staff, reason="Speaker", past_capacity=past)

    def stop_and_go(self):
        session = self.dice.choice(self.sessions)
        stop(session, actor=self.staff)
        go_live(session, actor=self.staff)

    def go_home(self):
        mine = EventRegistration.objects.active().filter(contact__email=self.person.email)
        cancel_event_registrations(list(mine), actor=ATTENDEE)


@pytest.mark.parametrize(
    ("seed", "settings"),
    [
        (1, {}),
        (2, {"auto_register_waitlisted": False, "invitations_per_slot": 2}),
        (3, {"capacity": 8}),
        (4, {"capacity": 6, "auto_register_waitlisted": False, "invitations_per_slot": 3}),
    ],
)
def test_keeps_seats_true_in_a_storm(seed, settings):
    event = EventFactory(**settings)
    sessions = [
        SessionFactory(event=event, capacity=3, starts_at=at(9 + number // 2), ends_at=at(10 + number // 2))
        for number in range(8)
    ]
    staff = Actor.staff(UserFactory(is_superuser=True))
    visitors = [Visitor(seed * 100 + number, event, sessions, staff) for number in range(THREADS)]
    results = at_once(*(partial(visitor.run) for visitor in visitors))
    assert errors(results) == []
    assert SessionRegistration.objects.exists()
    assert recount() == []
    sweep()
    assert recount(swept=True) == []
