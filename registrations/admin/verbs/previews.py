"""Previews of adding people: what the very action would do, before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import counted
from events.actors import Actor
from events.admin import words
from events.admin.verbs import Consequence
from events.models import Event, Pass, SeatCount
from events.templatetags.money import money
from registrations import actions
from registrations.admin.verbs.access import Target, event_of
from registrations.admin.verbs.base import name_of
from registrations.admin.verbs.picking import what_they_have
from registrations.admin.verbs.waiting_instead import WaitingInstead, places_of, words_of_deed
from registrations.models import AttendeePass
from registrations.rules.doors import OVERRIDE_CLOSED as LATE
from registrations.rules.doors import Override
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine
from registrations.rules.verdicts import Verdict
from sessions_app.models import Session

FIT, PAST, HARD, LINE = "fit", "past", "hard", "line"
# What each button decides; a clash is a decision of its own beside them.
DEEDS: dict[str, dict[str, bool]] = {
    PAST: {"past_capacity": True},
    FIT: {},
    LINE: {},
    HARD: {"past_capacity": True, "past_hard_limit": True},
}
PERMISSIONS = {
    FIT: (),
    PAST: ("registrations.add_past_capacity",),
    LINE: ("waitlists.add_waitlistitem",),
    HARD: ("registrations.add_past_capacity", "registrations.add_past_hard_limit"),
}
NO_SEAT = {Outcome.FULL, Outcome.CAPACITY_MISSING, Outcome.NOT_IN_PASS}
# Decisions of their own, each a box that stands beside the buttons.
BOXES = (ACCEPT_CLASH, OVERRIDE_LIMITS, OVERRIDE_CLOSED) = (
    Override.CLASH.value,
    Override.LIMITS.value,
    Override.CLOSED.value,
)
# Stands for the reason that is asked for later; a preview keeps nothing.
NOT_YET_ASKED = "?"


@dataclass
class Adding:
    """Adding these people to this event, pass or session, or to several sessions of it; nothing is done until `do`."""

    target: Target
    people: list[Attendee]
    actor: Actor
    event_pass: Pass | None = None
    # Where there is more than one.
    sessions: list[Session] = field(default_factory=list)
    # Why a pass with a price is given away; empty: it is owed.
    complimentary: str = ""

    @property
    def targets(self) -> list[Target]:
        """Everything that seats are taken of."""
        return [*self.sessions] or [self.target]

    def target_of(self, line: PersonLine) -> Target:
        """What the line is about, with its figures as they are now."""
        if line.session is None:
            return self.target
        return next((each for each in self.targets if each.pk == line.session.pk), self.target)

    def do(self, **decided: Any) -> list[PersonLine]:
        """Add them as decided; raises what the action raises."""
        decided["complimentary"] = self.complimentary
        session = [self.target] if isinstance(self.target, Session) and self.event_pass else []
        if sessions := self.sessions or session:
            return actions.add_all_to_sessions(
                sessions, self.people, self.event_pass, actor=self.actor, **decided
            )
        if isinstance(self.target, Session):
            return actions.add_to_session(self.target, self.people, actor=self.actor, **decided)
        for box in (ACCEPT_CLASH, OVERRIDE_LIMITS):
            decided.pop(box, None)
        return actions.add_to_event(self.target, self.people, self.event_pass, actor=self.actor, **decided)

    def dry(self, deed: str = FIT, boxes: Collection[str] = ()) -> list[PersonLine]:
        """Say what `do` would answer with these boxes ticked."""
        ticked = {box: box in boxes for box in BOXES}
        return self.do(**ticked, reason=NOT_YET_ASKED, preview=True, **DEEDS[deed])

    @property
    def waiting_instead(self) -> WaitingInstead:
        """What puts these people in line where no seat is free, and gives them seats elsewhere."""
        sessions = [each for each in self.targets if isinstance(each, Session)]
        event = event_of(self.target)
        why_free = self.complimentary
        return WaitingInstead(event, self.people, self.actor, sessions, self.event_pass, why_free)


@dataclass
class AddingPreview:
    """A preview of adding: what would become of everybody, and which decisions that needs.

    `allowed` holds the deeds permitted; `boxes` are those ticked as the page stands.
    """

    adding: Adding
    allowed: set[str]
    boxes: frozenset[str] = frozenset()
    plain: list[PersonLine] = field(init=False)
    boldest: list[PersonLine] = field(init=False)
    # The place in line that whoever finds no seat would have instead, by address and session.
    places: dict[tuple[str, int | None], int | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.plain = self.adding.dry()
        self.boldest = self.adding.dry(PAST if PAST in self.allowed else FIT, self.boxes)
        if LINE in self.deeds():
            self.places = places_of(self._in_line(self.boxes))

    def _in_line(self, boxes: Collection[str]) -> list[Verdict]:
        return self.adding.waiting_instead.dry(NOT_YET_ASKED, boxes)

    @property
    def without_seat(self) -> int:
        """How many find no seat and clash with nothing."""
        return sum(line.outcome in NO_SEAT for line in self.plain)

    @property
    def clashing(self) -> int:
        """How many hold an overlapping session."""
        return sum(bool(line.conflicts_with) for line in self.plain)

    @property
    def limited(self) -> int:
        """How many have as many sessions as one person may choose."""
        return sum(any(reason.limit is not None for reason in line.refused) for line in self.plain)

    @property
    def late(self) -> int:
        """How many come after closing or start."""
        return sum(any(reason.why in LATE for reason in line.refused) for line in self.plain)

    @property
    def offered_boxes(self) -> list[str]:
        """The decisions of their own that somebody here needs."""
        wanted = {ACCEPT_CLASH: self.clashing, OVERRIDE_LIMITS: self.limited, OVERRIDE_CLOSED: self.late}
        return [box for box in BOXES if wanted[box]]

    @property
    def at_limit(self) -> int:
        """How many the hard limit stops."""
        return sum(line.outcome == Outcome.HARD_LIMIT for line in self.plain)

    def words_for(self, deed: str, boxes: Collection[str]) -> str:
        """The words of the button for this decision with these boxes ticked, empty when it would add nobody."""
        if deed == HARD and HARD not in self.allowed:
            return _past_limit(self.at_limit)
        if deed == PAST and PAST not in self.allowed:
            return self._deed(self.without_seat, self.without_seat)
        if deed == LINE:
            return words_of_deed(self._in_line(boxes))
        added = [line for line in self.adding.dry(deed, boxes) if _is_new(line)]
        if deed == HARD:
            return _past_limit(len(added))
        return self._deed(len(added), sum(line.is_past_capacity for line in added))

    def _deed(self, count: int, past: int) -> str:
        return _deed(count, past, of_seats=bool(self.adding.sessions))

    def deeds(self) -> list[str]:
        """The decisions worth a button, the main one first."""
        found = [FIT]
        if self.without_seat or (self.offered_boxes and PAST in self.allowed):
            found.insert(0, PAST)
        if LINE in self.allowed and (self.without_seat or self.offered_boxes):
            found.insert(len(found) - 1, LINE)
        return [*found, HARD] if self.at_limit else found

    def consequences(self) -> list[Consequence]:
        """One line per person, and per session where there are several: what they have now, what they would have."""
        emails = [person.email for person in self.adding.people]
        has = {target: what_they_have(target, emails) for target in self.adding.targets}
        not_covered = {target: self._not_covered(target) for target in self.adding.targets}
        found = []
        for line, bold in zip(self.plain, self.boldest, strict=True):
            target, email = self.adding.target_of(line), line.attendee.email
            found.append(
                self._consequence(line, bold, has[target].get(email, ""), email in not_covered[target])
            )
        return found

    def _consequence(self, line: PersonLine, bold: PersonLine, has: str, not_covered: bool) -> Consequence:
        target = self.adding.target_of(line)
        said, kind = [str(line.message)], "clash"
        if line.outcome == Outcome.REGISTERED:
            said, kind = [_("Gets a seat"), *self._owed()], "free"
        elif line.outcome == Outcome.ALREADY:
            kind = "muted"
        elif line.outcome in NO_SEAT:
            said, kind = [_no_seat(line, bold)], "over"
        elif line.outcome == Outcome.CONFLICT and not target.seats.has_seat_for_newcomer:
            said.append(_no_seat(line, bold))
        place = self.places.get((line.attendee.email, target.pk if isinstance(target, Session) else None))
        if place is not None:
            said.append(_("or number %(place)d in line") % {"place": place})
        if not_covered and line.outcome != Outcome.NOT_IN_PASS:
            said.append(_("their pass does not include this session"))
        who = words.name_and_address(name_of(line.attendee), line.attendee.email)
        if self.adding.sessions:
            who += words.lines(target)
        return Consequence(who, has or _("not registered"), " · ".join(said), kind)

    def _owed(self) -> list[str]:
        """What whoever gets the pass owes for it; nothing for one without a price."""
        return said_to_be_owed(self.adding.event_pass, self.adding.complimentary)

    def _not_covered(self, session: Target) -> set[str]:
        """The addresses of those whose pass does not include the session."""
        if isinstance(session, Event):
            return set()
        passes = AttendeePass.objects.filter(
            cancelled_at=None,
            event_registration__event=session.event_id,
            event_registration__contact__email__in=[person.email for person in self.adding.people],
        )
        return set(
            passes.exclude(event_pass__in=session.passes.all()).values_list(
                "event_registration__contact__email", flat=True
            )
        )

    def figures(self) -> list[tuple[Target, str, str]]:
        """Each thing that seats are taken of: how full it is, and would be with everybody added."""
        added = Counter(self.adding.target_of(line).pk for line in self.boldest if _is_new(line))
        return [
            (each, words.summary_of(each.seats), _with(each.seats, added[each.pk]))
            for each in self.adding.targets
        ]


def said_to_be_owed(event_pass: Pass | None, complimentary: str) -> list[str]:
    """What is owed for the pass, or that it is given away; nothing for none, and for one without a price."""
    if event_pass is None or not event_pass.price:
        return []
    if complimentary:
        return [_("complimentary: nothing is owed")]
    return [_("owes %(sum)s by invoice") % {"sum": money(event_pass.price, event_pass.currency)}]


def _with(seats: SeatCount, more: int) -> str:
    """How full it would be with so many more."""
    seats.taken += more
    said = words.taken_of(seats)
    seats.taken -= more
    return said


def _is_new(line: PersonLine) -> bool:
    return line.outcome == Outcome.REGISTERED


def _past_limit(count: int) -> str:
    if not count:
        return ""
    return ngettext("Add %(n)d past the hard limit", "Add %(n)d past the hard limit", count) % {"n": count}


def _no_seat(line: PersonLine, bold: PersonLine) -> str:
    if line.outcome == Outcome.NOT_IN_PASS:
        return _("Their pass does not include it; only past capacity")
    if line.outcome == Outcome.CAPACITY_MISSING:
        return _("No capacity is set; only past capacity")
    if bold.is_past_capacity and bold.over_by:
        return _("No free seat: %(over)d past capacity") % {"over": bold.over_by}
    if bold.is_past_capacity:
        return _("The free seats are for those in line: only past capacity")
    return _("No free seat")


def _deed(count: int, past: int, *, of_seats: bool) -> str:
    if not count:
        return ""
    if past == count:
        return ngettext("Add %(n)d past capacity", "Add %(n)d past capacity", past) % {"n": past}
    if of_seats:
        added = ngettext("Give %(n)d seat", "Give %(n)d seats", count) % {"n": count}
    else:
        added = ngettext("Add %(n)d person", "Add %(n)d people", count) % {"n": count}
    return added + (", " + counted.past_capacity(past) if past else "")
