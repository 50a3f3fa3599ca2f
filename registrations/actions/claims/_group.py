"""One group as asked for, what is read about it, and what becomes of it: decided on copies, before a row is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.errors import Invalid, Refusal
from events.models import Contact, Event, Pass, SeatCount
from registrations import sql
from registrations.actions import steps
from registrations.actions.claims._asked import AskedAgenda, Wait, WhenClashing
from registrations.actions.claims.event_level import claim_by, gets_a_seat
from registrations.actions.owing import check_complimentary
from registrations.queries import included_sessions, sessions_opened_by, standings_of
from registrations.rules.groups import GroupResult, Member, MemberResult
from registrations.rules.outcomes import Mode, Outcome
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from sessions_app.models import Session

Lock = Callable[[Collection[int]], Mapping[int, SeatCount]]
Targets = frozenset[int | None]

_SEATED = {Outcome.REGISTERED, Outcome.ALREADY}
# So many sessions are found apart one after the other, which lets a later one have what an earlier one leaves; more
# of them are found apart at once, so that nobody can keep the seats locked by a long list of clashes.
MOST_ONE_BY_ONE = 20


@dataclass(frozen=True)
class AskedGroup:
    """Several people as one visitor names them: who, what, and where only all of them or none."""

    event: Event
    members: Sequence[Member]
    actor: Actor
    at: datetime
    together: Targets
    wait_together: bool
    wait: Wait
    automatically_register: bool | None
    when_clashing: WhenClashing
    event_pass: Pass | None
    complimentary: str = ""

    def check(self) -> None:
        """Raise Invalid for too many people, an address named twice, and what `submit_agenda` finds invalid.

        `person` in its data says whose, counted from 0.
        """
        check_complimentary(self.complimentary, is_attendee=self.actor.is_attendee)
        most = self.event.most_people_at_once
        if not 0 < len(self.members) <= most:
            words = ngettext(
                "Here everybody registers alone.",
                "At most %(n)d people can be registered together here.",
                most,
            )
            raise Invalid(words % {"n": most})
        seen: set[str] = set()
        for number, member in enumerate(self.members):
            with of_person(number):
                self.agenda_of(member).check()
                if member.attendee.email in seen:
                    raise Invalid(
                        fields={"email": [_("This address is named twice. Give everybody their own.")]}
                    )
            seen.add(member.attendee.email)

    def agenda_of(self, member: Member, apart: Targets = frozenset()) -> AskedAgenda:
        """One person's agenda, as if alone, but for the sessions in which the group stays together."""
        own = {session.pk for session in member.sessions}
        waits = (own if self.wait else set()) if isinstance(self.wait, bool) else own & set(self.wait)
        return AskedAgenda(
            self.event,
            member.attendee,
            member.sessions,
            (),
            self.actor,
            self.at,
            Mode.BEST_EFFORT,
            waits | (own & apart) if self.wait_together else waits - apart,
            self.automatically_register,
            self.when_clashing,
            self.event_pass,
        )

    def may_wait_for_event(self, apart: Targets) -> bool:
        """True where a place in the event's own line is wanted: nobody waits together there."""
        return None not in apart and bool(self.wait)


@contextmanager
def of_person(number: int) -> Iterator[None]:
    """Let a refusal say whose it is."""
    try:
        yield
    except Refusal as refusal:
        refusal.data["person"] = number
        raise


class GroupFacts:
    """Everything that the decision looks at, read once for all. `lock` returns the seat counts, locked or not."""

    def __init__(self, asked: AskedGroup, contacts: Mapping[str, Contact], lock: Lock) -> None:
        event_pass = asked.event_pass
        wished = {session.pk: session for member in asked.members for session in member.sessions}
        included = included_sessions(asked.event)
        passes = [event_pass] if event_pass else []
        self.seats = lock(steps.seats_of([asked.event, *included, *wished.values(), *passes]))
        self.event = steps.fresh_event(asked.event)
        self.event_pass = event_pass and Pass.objects.get(pk=event_pass.pk)
        self.included = [session.pk for session in included]
        # In the order in which they are named, the included ones first.
        fresh = steps.fresh_sessions({*self.included, *wished}, self.event, self.seats)
        self.sessions = {pk: fresh[pk] for pk in dict.fromkeys([*self.included, *wished])}
        found = standings_of([contact.pk for contact in contacts.values()], self.event)
        self.opened = sessions_opened_by(self.event_pass) if self.event_pass else None
        self.standings = [self._standing(member, contacts, found) for member in asked.members]

    def _standing(
        self, member: Member, contacts: Mapping[str, Contact], found: Mapping[int, Standing]
    ) -> Standing:
        contact = contacts.get(member.attendee.email)
        standing = found[contact.pk] if contact else Standing()
        if standing.registration is None and self.event_pass is not None:
            return replace(standing, event_pass=self.event_pass, pass_sessions=self.opened)
        return standing

    def sessions_for(self, member: Member) -> dict[int, Session]:
        """The included sessions, then those wished for this person."""
        keys = dict.fromkeys([*self.included, *(session.pk for session in member.sessions)])
        return {pk: self.sessions[pk] for pk in keys}

    def seats_of(self, targets: Targets) -> list[int]:
        """The ids of the seat counts of these sessions."""
        return sorted(self.sessions[pk].seats_id for pk in targets if pk is not None)

    def carry(self, seats: Mapping[int, SeatCount]) -> None:
        """Let event, pass and sessions carry these seat counts."""
        for target in (self.event, self.event_pass, *self.sessions.values()):
            if target is not None:
                target.seats = seats[target.seats_id]


class Deciding:
    """The decision about a group: tried again until it is settled who is left out and in what nobody takes a seat."""

    def __init__(self, asked: AskedGroup, facts: GroupFacts) -> None:
        self.asked, self.facts = replace(asked, event_pass=facts.event_pass), facts
        self.known = {number: facts.event for number, one in enumerate(facts.standings) if one.registration}
        self.apart: set[int | None] = set()

    def decide(self) -> GroupResult:
        """What becomes of everybody, in the order entered. Raises what refuses somebody, with `person` in its data."""
        members, refused = self._tried()
        while self._find_known(members) or self._find_apart(members):
            members, refused = self._tried()
        self.facts.carry(self.facts.seats)
        return GroupResult(members, not refused, frozenset(self.apart))

    def _tried(self) -> tuple[list[MemberResult], bool]:
        """One try, in which each person takes seats before the next; True beside it where somebody gets nothing."""
        seats = {pk: sql.copied(one) for pk, one in self.facts.seats.items()}
        self.facts.carry(seats)
        targets: list[Event | Session] = [self.facts.event, *self.facts.sessions.values()]
        for target in targets:
            if (target.pk if isinstance(target, Session) else None) in self.apart:
                # For this group there is no seat: the one list of rules does the rest.
                target.seats.capacity = target.seats.taken + target.seats.held
        members, refused = [], False
        for number, member in enumerate(self.asked.members):
            result = MemberResult(member.attendee, known_at=self.known.get(number))
            members.append(result)
            if result.known_at is None:
                with of_person(number):
                    refused |= not self._one(member, self.facts.standings[number], result)
        return members, refused

    def _one(self, member: Member, standing: Standing, result: MemberResult) -> bool:
        """Decide about one person and count what they take; False where they get nothing at all."""
        event, event_pass, apart = self.facts.event, self.facts.event_pass, frozenset(self.apart)
        if event.allow_custom_agenda:
            agenda = self.asked.agenda_of(member, apart)
            agenda.check_at(event, standing)
            result.lines = agenda.decide(event, standing, self.facts.sessions_for(member))
            result.is_seated = not any(line.outcome == Outcome.ON_HOLD for line in result.lines)
            if agenda.is_refused_whole(result.lines, standing):
                return False
        else:
            wait = self.asked.may_wait_for_event(apart)
            result.is_seated = gets_a_seat(event, event_pass, wait, self.asked.at, claim_by(self.asked.actor))
        for line in result.lines:
            _take(line.session.seats, is_seated=line.outcome == Outcome.REGISTERED, waits=_waits(line))
        _take(event.seats, is_seated=result.is_seated, waits=not result.is_seated)
        if event_pass is not None:
            _take(event_pass.seats, is_seated=result.is_seated, waits=False)
        return True

    def _find_known(self, members: Sequence[MemberResult]) -> bool:
        """Note whoever holds a seat at another event in the way: nobody unproved may learn of it."""
        before = len(self.known)
        for number, member in enumerate(members):
            refused = [line for line in member.lines if line.outcome == Outcome.CONFLICT]
            others = (other.event for line in refused for other in line.conflicts_with)
            elsewhere = next((event for event in others if event.pk != self.facts.event.pk), None)
            if elsewhere is not None:
                self.known[number] = elsewhere
        return len(self.known) > before

    def _find_apart(self, members: Sequence[MemberResult]) -> bool:
        """Note the first session, in their order, in which not all could be seated who are to be together."""
        together = self.asked.together - self.apart
        found: list[int | None] = []
        if None in together and not all(one.is_seated for one in members if one.known_at is None):
            found.append(None)
        refused = {line.session.pk for one in members for line in one.lines if line.outcome not in _SEATED}
        found += [pk for pk in self.facts.sessions if pk in together and pk in refused]
        self.apart |= set(found if len(self.apart) >= MOST_ONE_BY_ONE else found[:1])
        return bool(found)


def _waits(line: Line) -> bool:
    return line.outcome == Outcome.WAITLISTED


def _take(seats: SeatCount, *, is_seated: bool, waits: bool) -> None:
    seats.taken, seats.waiting = seats.taken + is_seated, seats.waiting + waits
