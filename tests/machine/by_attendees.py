"""What people do themselves."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from events.actors import ATTENDEE
from events.errors import Refusal
from events.models import Contact
from registrations import actions, sql
from registrations.models import EventRegistration
from registrations.rules.choices import Choices
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult
from registrations.rules.standing import ClaimFacts
from tests.machine.base import (
    MAYBE_SESSION,
    PERSON,
    PICK,
    SESSIONS,
    SOME_SESSIONS,
    WHEN_CLASHING,
    YES,
    Machine,
)
from waitlists.models import WaitlistItem

MODES = st.sampled_from(["best_effort", "all_or_nothing"])
MAYBE_PLACE = st.one_of(st.none(), st.integers(1, 4))
MAYBE_HOURS = st.one_of(st.none(), st.sampled_from([1, 240, 241]))
MAYBE_PASS = st.one_of(st.none(), st.integers(0, 1))


def said(answer: AgendaResult | Refusal) -> object:
    """An answer as the person reads it."""
    if isinstance(answer, Refusal):
        return type(answer)
    lines = [
        (
            line.session.pk,
            str(line.outcome),
            line.position,
            [s.pk for s in line.conflicts_with],
            line.is_included,
        )
        for line in answer.lines
    ]
    return answer.applied, lines


class ByAttendees(Machine):
    """Agendas, swaps, waiting, answering, going home."""

    looked: ClaimFacts | None = None

    @rule(
        person=PERSON,
        add=SOME_SESSIONS,
        drop=st.lists(SESSIONS, max_size=2, unique=True),
        mode=MODES,
        wait=YES,
        automatically=YES,
        when=WHEN_CLASHING,
        event_pass=MAYBE_PASS,
    )
    def submits(self, person, add, drop, mode, wait, automatically, when, event_pass):
        """Somebody submits an agenda, after a preview of it."""
        words = {
            "mode": mode,
            "wait": wait,
            "automatically_register": automatically,
            "when_clashing": when,
            "event_pass": self.world.event_pass(event_pass),
        }
        drop = [number for number in drop if number not in add]
        wishes = (self.world.people[person], self.world.sessions(add), self.world.sessions(drop))
        previewed = self.preview(actions.submit_agenda, self.world.fresh_event(), *wishes, **words)
        answer = self.act(actions.submit_agenda, self.world.fresh_event(), *wishes, **words)
        assert said(answer) == said(previewed)
        if isinstance(answer, AgendaResult) and not answer.applied:
            self.nothing_changed("refused whole")

    @rule(person=PERSON, wanted=SOME_SESSIONS, when=WHEN_CLASHING)
    def claims(self, person, wanted, when):
        """Somebody wants sessions and would wait for them."""
        self.asks(person, wanted, when)

    # The same rule again: a rule is drawn as often as it is listed.
    claims_2 = claims_3 = claims

    @rule(pick=PICK, wanted=SESSIONS)
    def looks(self, pick, wanted):
        """Somebody's request reads what a claim is decided by; whatever comes in between, the claim comes later."""
        registration = self.registration(pick)
        if registration is not None:
            self.looked = sql.facts_of_link(registration.uuid, self.world.session(wanted).uuid)

    looks_2 = looks

    @rule(wait=YES, drops=YES)
    @precondition(lambda self: self.looked is not None)
    def claims_as_seen(self, wait, drops):
        """The claim is made by what was read, or a place in line taken, or what is had given up."""
        seen, self.looked = self.looked, None
        if seen.sessions:
            who, sessions = Attendee.of(seen.standing.registration), [*seen.sessions.values()]
            add, drop = ([], sessions) if drops else (sessions, [])
            self.act(actions.submit_agenda, seen.event, who, add, drop, wait=wait, seen=seen)

    claims_as_seen_2 = claims_as_seen

    @rule(pick=PICK, drop=SOME_SESSIONS)
    def drops(self, pick, drop):
        """Somebody only gives sessions, or places in line, up."""
        registration = self.registration(pick)
        if registration is not None:
            who = Attendee.of(registration)
            self.act(actions.submit_agenda, registration.event, who, [], self.world.sessions(drop))

    @rule(pick=PICK, take=SESSIONS)
    def swaps(self, pick, take):
        """Somebody swaps a seat for another; where it fails everything is as before."""
        for seat in self.seats(pick):
            registration = EventRegistration.objects.get(pk=seat.event_registration_id)
            answer = self.act(
                actions.swap, registration, self.world.session_of(seat), self.world.session(take)
            )
            if isinstance(answer, AgendaResult) and not answer.applied:
                self.nothing_changed("a swap that failed")

    swaps_2 = swaps

    @rule(person=PERSON, event_pass=MAYBE_PASS, wait=YES)
    @precondition(lambda self: not self.world.fresh_event().allow_custom_agenda)
    def registers_for_event(self, person, event_pass, wait):
        """Somebody registers for the whole event."""
        chosen = self.world.event_pass(event_pass)
        event = self.world.fresh_event()
        self.act(actions.register_for_event, event, self.world.people[person], chosen, wait=wait)

    @rule(
        person=PERSON,
        where=MAYBE_SESSION,
        automatically=YES,
        when=WHEN_CLASHING,
        place=MAYBE_PLACE,
        hours=MAYBE_HOURS,
    )
    def joins(self, person, where, automatically, when, place, hours):
        """Somebody joins a waitlist."""
        target = self.world.fresh_event() if where is None else self.world.session(where)
        self.act(
            actions.join_waitlist,
            target,
            self.world.people[person],
            automatically_register=automatically,
            when_clashing=when,
            place_at_most=place,
            until_hours=hours,
        )

    joins_2 = joins

    @rule(
        people=st.lists(PERSON, min_size=2, max_size=3, unique=True),
        where=SESSIONS,
        automatically=YES,
        when=WHEN_CLASHING,
        place=MAYBE_PLACE,
        hours=MAYBE_HOURS,
    )
    def joins_together(self, people, where, automatically, when, place, hours):
        """Some people join a waitlist, to be served together."""
        self.act(
            actions.join_together,
            self.world.session(where),
            [self.world.people[person] for person in people],
            automatically_register=automatically,
            when_clashing=when,
            place_at_most=place,
            until_hours=hours,
        )

    joins_together_2 = joins_together

    @rule(pick=PICK, automatically=YES, when=WHEN_CLASHING, place=MAYBE_PLACE, hours=MAYBE_HOURS, alone=YES)
    @precondition(lambda self: self.open_items())
    def chooses_waiting(self, pick, automatically, when, place, hours, alone):
        """Somebody in line chooses anew how to wait."""
        item = self.item(pick)
        choices = Choices(automatically, WaitlistItem.WhenClashing(when), place, hours)
        self.act(actions.choose_waiting, item, choices, contact=item.contact, alone=alone)

    @rule(pick=PICK)
    @precondition(lambda self: self.open_items())
    def leaves(self, pick):
        """Somebody leaves a waitlist."""
        item = self.item(pick)
        self.act(actions.leave_waitlist, item, contact=item.contact)

    @rule(pick=PICK, swap=YES)
    @precondition(lambda self: self.open_items("invited"))
    def accepts(self, pick, swap):
        """Somebody invited accepts."""
        item = self.item(pick, "invited")
        self.act(actions.accept_invitation, item, contact=item.contact, swap=swap)

    accepts_2 = accepts

    @rule(pick=PICK)
    @precondition(lambda self: self.open_items("invited"))
    def declines(self, pick):
        """Somebody invited declines."""
        item = self.item(pick, "invited")
        self.act(actions.decline_invitation, item, contact=item.contact)

    @rule(pick=PICK)
    def gives_seat_back(self, pick):
        """Somebody cancels one of their seats."""
        self.act(actions.cancel_session_registrations, self.seats(pick), actor=ATTENDEE)

    gives_seat_back_2 = gives_seat_back_3 = gives_seat_back

    @rule(pick=PICK)
    def goes_home(self, pick):
        """Somebody cancels everything."""
        registration = self.registration(pick)
        if registration is not None:
            self.act(actions.cancel_event_registrations, [registration], actor=ATTENDEE)

    @rule(pick=PICK, person=PERSON)
    @precondition(lambda self: self.open_items())
    def meddles(self, pick, person):
        """Somebody tries to act on another person's item."""
        item = self.item(pick)
        other = (
            Contact.objects.filter(email=self.world.people[person].email).exclude(pk=item.contact_id).first()
        )
        for act in (actions.accept_invitation, actions.decline_invitation, actions.leave_waitlist):
            if other is not None:
                assert isinstance(self.act(act, item, contact=other), Refusal)
