"""Who in a line is served next, and how. Decides only: serving does it, a preview previews it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Event, Pass
from registrations import rules
from registrations.models import CheckIn, SessionRegistration
from registrations.rules.doors import PROMOTION, Seats, Why
from registrations.rules.reasons import Reason
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

WhenClashing = WaitlistItem.WhenClashing
Target = Event | Session


@dataclass(frozen=True)
class Step:
    """One seat given or offered, or one item passed over for `reason`."""

    items: list[WaitlistItem]
    reason: str = ""
    is_invitation: bool = False
    give_up: Sequence[SessionRegistration] = ()

    @property
    def item(self) -> WaitlistItem:
        """The first, or only, item."""
        return self.items[0]


def steps_for(
    target: Target, items: Sequence[WaitlistItem], standings: Mapping[int, Standing], at: datetime
) -> Iterator[Step]:
    """Yield what becomes of the line, in order, while the target has seats for it.

    Each step has to be counted in the target's seats before the next is asked for. Somebody whose seat elsewhere is
    in the way is not registered blindly: with "swap if needed" that seat is given up for it, else the swap is
    offered as an invitation.
    """
    line = list(items)
    while line and target.seats.has_seat_for_line:
        item = line.pop(0)
        standing = standings[item.contact_id]
        in_the_way = rules.seats_in_the_way(target, standing)
        reason = why_not(target, item, standing, at)
        if reason:
            yield Step([item], reason=reason)
        elif not rules.registers_automatically(item, target):
            yield from _group(target, item, line, standings, at)
        elif in_the_way and item.when_clashing != WhenClashing.SWAP:
            yield Step([item], is_invitation=True)
        else:
            yield Step([item], give_up=in_the_way)


def _group(
    target: Target,
    first: WaitlistItem,
    line: list[WaitlistItem],
    standings: Mapping[int, Standing],
    at: datetime,
) -> Iterator[Step]:
    """One seat offered to `first` and to those right behind who are to be asked too.

    Nobody behind a person who is to be registered automatically is invited: that would let them overtake. Where
    somebody was passed over and the items end, nobody is invited yet: others may stand behind these, and are among
    the items next time, when whoever was passed over is not.
    """
    group, was_cut_short = [first], False
    while line and len(group) < target.invitations_per_slot:
        item = line[0]
        reason = why_not(target, item, standings[item.contact_id], at)
        if not reason and rules.registers_automatically(item, target):
            break
        line.pop(0)
        if reason:
            was_cut_short = not line
            yield Step([item], reason=reason)
        else:
            group.append(item)
    if not was_cut_short:
        yield Step(group, is_invitation=True)


def refusals_of(
    target: Target, item: WaitlistItem, standing: Standing, at: datetime, seats: Seats
) -> Iterator[Reason]:
    """The one list, asked for somebody in line: of the session, or of the event and the pass waited with."""
    if isinstance(target, Session):
        return rules.refusals_to_seat(target, standing, standing.held_sessions, at=at, seats=seats)
    return rules.refusals_at_event(target, item.event_pass, at=at, seats=seats)


def why_not(target: Target, item: WaitlistItem, standing: Standing, at: datetime) -> str:
    """Why this item cannot be served now, in words for staff; empty when it can."""
    if standing.registration is None:
        return _("the event registration is cancelled")
    # A pass that is sold out keeps somebody back, though the line itself is asked only while it has a seat.
    found = refusals_of(target, item, standing, at, PROMOTION.seats)
    refused = next((reason for reason in found if _keeps_back(reason)), None)
    if refused is not None:
        return _in_words(refused)
    in_the_way = rules.seats_in_the_way(target, standing)
    if not in_the_way:
        return ""
    if item.when_clashing == WhenClashing.SKIP or not can_give_up(in_the_way):
        return _("overlaps %(session)s") % {"session": in_the_way[0].session.name}
    return ""


def _keeps_back(reason: Reason) -> bool:
    is_sold_out = isinstance(reason.about, Pass) and reason.why in {Why.FULL, Why.HARD_LIMIT}
    return is_sold_out or reason.why not in PROMOTION.overlooks


def _in_words(refused: Reason) -> str:
    if isinstance(refused.about, Pass):
        return _("the pass is sold out")
    if refused.why == Why.NOT_IN_PASS:
        return _("the pass does not include it")
    return refused.words


def can_give_up(seats: Collection[SessionRegistration]) -> bool:
    """True when a swap may take these seats away: none is locked, included or used already."""
    if not all(rules.may_be_swapped_away(seat) for seat in seats):
        return False
    registrations = {seat.event_registration_id for seat in seats}
    sessions = {seat.session_id for seat in seats}
    used = CheckIn.objects.filter(event_registration__in=registrations, session__in=sessions, undone_at=None)
    return not used.exists()
