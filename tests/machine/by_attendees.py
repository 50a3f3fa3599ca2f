"""What people do themselves."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from events.errors import Refusal
from events.models import Contact
from registrations import actions
from registrations.actors import ATTENDEE
from registrations.models import SessionRegistration
from registrations.outcomes import AgendaResult
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

MODES = st.sampled_from(["best_effort", "all_or_nothing"])
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
        """Somebody submits an agenda, after a dry run of it."""
        words = {
            "mode": mode,
            "wait": wait,
            "automatically_register": automatically,
            "when_clashing": when,
            "event_pass": self.world.event_pass(event_pass),
        }
        wishes = (self.world.people[person], self.world.sessions(add), self.world.sessions(drop))
        foreseen = self.foresee(actions.submit_agenda, self.world.fresh_event(), *wishes, **words)
        answer = self.act(actions.submit_agenda, self.world.fresh_event(), *wishes, **words)
        assert said(answer) == said(foreseen)
        if isinstance(answer, AgendaResult) and not answer.applied:
            self.nothing_changed("refused whole")

    @rule(person=PERSON, drop=SOME_SESSIONS)
    def drops(self, person, drop):
        """Somebody only gives sessions up."""
        event = self.world.fresh_event()
        self.act(actions.submit_agenda, event, self.world.people[person], [], self.world.sessions(drop))

    @rule(person=PERSON, give_up=SESSIONS, take=SESSIONS)
    def swaps(self, person, give_up, take):
        """Somebody swaps; where it fails everything is as before."""
        registration = self.registration(person)
        if registration is None:
            return
        sessions = self.world.sessions([give_up, take])
        answer = self.act(actions.swap, registration, *sessions)
        if isinstance(answer, AgendaResult) and not answer.applied:
            self.nothing_changed("a swap that failed")

    @rule(person=PERSON, event_pass=MAYBE_PASS, wait=YES)
    @precondition(lambda self: not self.world.event.allow_custom_agenda)
    def registers_for_event(self, person, event_pass, wait):
        """Somebody registers for the whole event."""
        chosen = self.world.event_pass(event_pass)
        event = self.world.fresh_event()
        self.act(actions.register_for_event, event, self.world.people[person], chosen, wait=wait)

    @rule(person=PERSON, where=MAYBE_SESSION, automatically=YES, when=WHEN_CLASHING)
    def joins(self, person, where, automatically, when):
        """Somebody joins a waitlist."""
        target = self.world.fresh_event() if where is None else self.world.session(where)
        self.act(
            actions.join_waitlist,
            target,
            self.world.people[person],
            automatically_register=automatically,
            when_clashing=when,
        )

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

    @rule(pick=PICK)
    @precondition(lambda self: self.open_items("invited"))
    def declines(self, pick):
        """Somebody invited declines."""
        item = self.item(pick, "invited")
        self.act(actions.decline_invitation, item, contact=item.contact)

    @rule(person=PERSON, count=st.integers(1, 2))
    def gives_seats_back(self, person, count):
        """Somebody cancels one or two of their seats."""
        rows = SessionRegistration.objects.active().filter(session__event=self.world.event)
        mine = rows.filter(contact__email=self.world.people[person].email).order_by("id")
        self.act(actions.cancel_session_registrations, list(mine[:count]), actor=ATTENDEE)

    @rule(person=PERSON)
    def goes_home(self, person):
        """Somebody cancels everything."""
        registration = self.registration(person)
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
