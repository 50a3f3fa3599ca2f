"""Waiting instead: whoever finds no seat is put in line, and the others are given theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin.verbs import Done, change_url
from events.models import Event, Pass
from registrations import actions
from registrations.admin.verbs.base import name_of
from registrations.rules.doors import Override
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.verdicts import RowLine, Verdict, Wanted
from sessions_app.models import Session

_WAITING = {Outcome.WAITLISTED, Outcome.ON_HOLD}


@dataclass
class WaitingInstead:
    """Seats for these people as far as there are any, and places in line for the rest; nothing is done until `do`."""

    event: Event
    people: list[Attendee]
    actor: Actor
    # None of them where the event itself is meant.
    sessions: Sequence[Session] = ()
    event_pass: Pass | None = None
    # Why a pass with a price is given away; empty: it is owed.
    complimentary: str = ""

    @property
    def _wanted(self) -> list[Wanted]:
        return [
            Wanted(number, person, self.sessions, self.event_pass)
            for number, person in enumerate(self.people, 1)
        ]

    def dry(self, reason: str, boxes: Collection[str] = ()) -> list[Verdict]:
        """Say what `do` would answer with these boxes ticked."""
        return actions.Forecast(self.event, self._terms(reason, boxes)).verdicts(self._wanted)

    def do(self, reason: str, boxes: Collection[str] = (), *, notify: bool = True) -> list[Verdict]:
        """Give the seats and the places in line; raises what the action raises."""
        terms = self._terms(reason, boxes, notify=notify)
        return actions.register_many(self.event, self._wanted, terms=terms)

    def _terms(self, reason: str, boxes: Collection[str], **how: Any) -> actions.Terms:
        overrides = [Override(box) for box in boxes]
        how["complimentary"] = self.complimentary
        return actions.Terms.of(self.actor, reason=reason, overrides=overrides, wait=True, **how)


def places_of(verdicts: list[Verdict]) -> dict[tuple[str, int | None], int | None]:
    """The place in line that each gets, by address and session; the event's own is without a session."""
    return {
        (verdict.wanted.person.email, line.session.pk if line.session else None): line.position
        for verdict in verdicts
        for line in new_in_line(verdict)
    }


def new_in_line(verdict: Verdict) -> list[RowLine]:
    """The lines by which the person is put in line who did not wait there before."""
    made = {item.session_id for item in verdict.items}
    waiting = [line for line in _chosen(verdict) if line.outcome in _WAITING]
    return [line for line in waiting if (line.session.pk if line.session else None) in made]


def _chosen(verdict: Verdict) -> list[RowLine]:
    return [line for line in verdict.lines if not line.is_included]


def counted(verdicts: list[Verdict]) -> tuple[int, int]:
    """How many seats are given, and how many places in line."""
    given = [line for one in verdicts for line in _chosen(one) if line.outcome == Outcome.REGISTERED]
    return len(given), sum(len(new_in_line(one)) for one in verdicts)


def words_of_deed(verdicts: list[Verdict]) -> str:
    """The words of the button that does this, empty where nobody would be put in line."""
    seats, waiting = counted(verdicts)
    if not waiting:
        return ""
    if not seats:
        return ngettext("Put %(n)d on the waitlist instead", "Put %(n)d on the waitlist instead", waiting) % {
            "n": waiting
        }
    given = ngettext("Give %(n)d seat", "Give %(n)d seats", seats) % {"n": seats}
    return given + ", " + _("put %(n)d on the waitlist") % {"n": waiting}


def summed_up_with_line(verdicts: list[Verdict]) -> Done:
    """Sum up what became of everybody: seats, places in line, and who was refused why."""
    seats, waiting = counted(verdicts)
    said = [ngettext("%(n)d seat given", "%(n)d seats given", seats) % {"n": seats}] if seats else []
    said += [ngettext("%(n)d place in line", "%(n)d places in line", waiting) % {"n": waiting}]
    done = Done("", seats + waiting)
    for verdict in verdicts:
        _add_refused(done, verdict)
    return done.saying(", ".join(said) + ".")


def _add_refused(done: Done, verdict: Verdict) -> None:
    person, registration = verdict.wanted.person, verdict.registration
    url = change_url(registration) if registration and registration.pk else ""
    if verdict.refusal is not None:
        done.refuse(verdict.refusal.message, name_of(person), url)
    for line in verdict.lines:
        if not line.is_success:
            who = f"{name_of(person)}: {line.session}" if line.session else name_of(person)
            done.refuse(line.words(person), who, url)
