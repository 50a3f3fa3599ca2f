"""What staff do: add, remove, invite, reorder, serve by hand, past capacity too."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from events.errors import Refusal
from events.models import Contact
from registrations import actions
from registrations.models import CheckIn, EventRegistration
from registrations.rules.results import PersonLine
from tests.machine.base import PERSON, PICK, SESSIONS, SOME_SESSIONS, YES, Machine

PEOPLE = st.lists(PERSON, min_size=1, max_size=3, unique=True)
MAYBE_PASS = st.one_of(st.none(), st.integers(0, 1))


def said(answer: list[PersonLine] | Refusal) -> object:
    """An answer as staff read it."""
    if isinstance(answer, Refusal):
        return type(answer)
    return [
        (
            line.attendee.email,
            str(line.outcome),
            line.is_past_capacity,
            line.over_by,
            [s.pk for s in line.conflicts_with],
        )
        for line in answer
    ]


class ByStaff(Machine):
    """The desk."""

    @rule(session=SESSIONS, people=PEOPLE, past=YES, clash=YES, notify=YES)
    def adds_to_session(self, session, people, past, clash, notify):
        """Staff add people to a session, after having been shown what it does."""
        words = {"actor": self.world.staff, "reason": "Speaker", "past_capacity": past, "accept_clash": clash}
        who = [self.world.people[number] for number in people]
        previewed = self.preview(actions.add_to_session, self.world.session(session), who, **words)
        answer = self.act(actions.add_to_session, self.world.session(session), who, notify=notify, **words)
        assert said(answer) == said(previewed)

    @rule(wanted=SOME_SESSIONS, person=PERSON, event_pass=MAYBE_PASS, past=YES, notify=YES)
    def adds_to_sessions(self, wanted, person, event_pass, past, notify):
        """Another system adds somebody to several sessions, after having tried it."""
        words = {"actor": self.world.staff, "reason": "Speaker", "past_capacity": past}
        asked = [self.world.people[person], self.world.event_pass(event_pass)]
        sessions = [self.world.session(number) for number in wanted]
        previewed = self.preview(actions.add_to_sessions, sessions, *asked, **words)
        answer = self.act(actions.add_to_sessions, sessions, *asked, notify=notify, **words)
        assert said(answer) == said(previewed)

    @rule(people=PEOPLE, event_pass=MAYBE_PASS, past=YES)
    def adds_to_event(self, people, event_pass, past):
        """Staff add people to the event, after having been shown what it does."""
        words = {"actor": self.world.staff, "reason": "Speaker", "past_capacity": past}
        who = [self.world.people[number] for number in people]
        event = self.world.fresh_event()
        previewed = self.preview(actions.add_to_event, event, who, self.world.event_pass(event_pass), **words)
        answer = self.act(actions.add_to_event, event, who, self.world.event_pass(event_pass), **words)
        assert said(answer) == said(previewed)

    @rule(picks=st.lists(PICK, min_size=1, max_size=3), past=YES)
    @precondition(lambda self: self.open_items())
    def registers_from_waitlist(self, picks, past):
        """Staff register people from any lines."""
        items = [self.item(pick) for pick in picks]
        self.act(
            actions.register_from_waitlist, items, actor=self.world.staff, reason="VIP", past_capacity=past
        )

    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    @precondition(lambda self: self.open_items("waiting"))
    def invites(self, picks):
        """Staff invite people."""
        self.act(actions.invite, [self.item(pick, "waiting") for pick in picks], actor=self.world.staff)

    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    @precondition(lambda self: self.open_items())
    def removes(self, picks):
        """Staff remove people from lines."""
        self.act(actions.remove_from_waitlist, [self.item(pick) for pick in picks], actor=self.world.staff)

    @rule(pick=PICK, before=PICK)
    @precondition(lambda self: len(self.open_items("waiting")) > 1)
    def reorders(self, pick, before):
        """Staff put somebody before somebody else."""
        mine, other = self.item(pick, "waiting"), self.item(before, "waiting")
        self.act(actions.move_in_line, mine, before=other, actor=self.world.staff, reason="Agreed")

    @rule(picks=st.lists(PICK, min_size=1, max_size=3), notify=YES)
    def takes_seats(self, picks, notify):
        """Staff cancel seats of several people in one go."""
        seats = self.seats(*picks)
        self.act(actions.cancel_session_registrations, seats, actor=self.world.staff, notify=notify)

    @rule(session=SESSIONS, pick=PICK, override=YES)
    def admits_at_the_door(self, session, pick, override):
        """Staff give somebody who stands before the door the seat of somebody absent, in turn or out of it."""
        registration, wanted = self.registration(pick), self.world.session(session)
        if registration is not None:
            words = {"actor": self.world.staff, "override": override, "reason": "Speaker" if override else ""}
            answer = self.act(actions.admit_standby, wanted, registration, **words)
            inside, most = CheckIn.objects.inside().filter(session=wanted).count(), wanted.seats.capacity
            is_in_anyway = isinstance(answer, Refusal) or answer.was_in_already
            # Whose capacity was taken away since has room for those who have a seat.
            assert is_in_anyway or most is None or inside <= most

    @rule(pick=PICK)
    def lets_out(self, pick):
        """Somebody who is inside leaves."""
        inside = list(CheckIn.objects.inside().filter(event=self.world.event).order_by("id"))
        if inside:
            self.act(actions.check_out, inside[pick % len(inside)], actor=self.world.staff)

    @rule(person=PERSON)
    def erases(self, person):
        """An administrator erases a person, who may come again as somebody new."""
        contact = Contact.objects.filter(email=self.world.people[person].email).first()
        if contact is not None:
            self.act(actions.erase_contact, contact, actor=self.world.staff)

    @rule(pick=PICK, person=PERSON)
    def corrects_an_address(self, pick, person):
        """Staff correct an address to that of somebody else, who may be here already."""
        registration = self.registration(pick)
        if registration is not None:
            right = self.world.people[person].email
            self.act(actions.correct_address, registration, right, actor=self.world.staff)

    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def sends_home(self, picks):
        """Staff cancel the registrations of several people in one go."""
        people = list(EventRegistration.objects.active().filter(event=self.world.event).order_by("id"))
        chosen = (
            {people[pick % len(people)].pk: people[pick % len(people)] for pick in picks} if people else {}
        )
        self.act(actions.cancel_event_registrations, chosen.values(), actor=self.world.staff)
