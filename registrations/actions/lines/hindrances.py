"""What keeps somebody in line from being served now: one list, for a single person and for those who wait together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Event, Pass
from registrations import rules
from registrations.models import CheckIn, SessionRegistration
from registrations.queries.lines import position
from registrations.rules.doors import PROMOTION, Seats, Why
from registrations.rules.reasons import Reason
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Code = WaitlistItem.PassedOver
WhenClashing = WaitlistItem.WhenClashing
Target = Event | Session
# What the reasons of the one list are called where they keep somebody back; every other one is OTHER.
_CODES = {Why.NOT_IN_PASS: Code.NOT_IN_PASS, Why.TRACK_LIMIT: Code.LIMIT, Why.SESSION_LIMIT: Code.LIMIT}


@dataclass(frozen=True)
class Hindrance:
    """Why an item cannot be served now: its code, and the words for staff."""

    code: WaitlistItem.PassedOver
    words: str


def refusals_of(
    target: Target, item: WaitlistItem, standing: Standing, at: datetime, seats: Seats
) -> Iterator[Reason]:
    """The one list, asked for somebody in line: of the session, or of the event and the pass waited with."""
    if isinstance(target, Session):
        return rules.refusals_to_seat(target, standing, standing.held_sessions, at=at, seats=seats)
    slot = item.invitation_slot
    is_held = slot is not None and slot.pass_seats_id is not None and slot.ordered_at is None
    pass_seats = Seats.HELD if is_held else Seats.NEWCOMER
    return rules.refusals_at_event(target, item.event_pass, at=at, seats=seats, pass_seats=pass_seats)


def hindrance_of(target: Target, item: WaitlistItem, standing: Standing, at: datetime) -> Hindrance | None:
    """Why this item cannot be served now; None when it can, by itself."""
    return next(_hindrances_of(target, item, standing, at), None)


def _hindrances_of(
    target: Target, item: WaitlistItem, standing: Standing, at: datetime
) -> Iterator[Hindrance]:
    if standing.registration is None:
        yield Hindrance(Code.REGISTRATION_CANCELLED, _("the event registration is cancelled"))
        return
    gives_up_at = rules.gives_up_at(item.until_hours, target)
    if gives_up_at is not None and gives_up_at <= at:
        yield Hindrance(Code.LATE, _("wants it no more so shortly before the start"))
    # A pass that is sold out keeps somebody back, though the line itself is asked only while it has a seat.
    found = refusals_of(target, item, standing, at, PROMOTION.seats)
    yield from (_of_reason(reason) for reason in found if _keeps_back(reason))
    in_the_way = rules.seats_in_the_way(target, standing)
    if in_the_way and (item.when_clashing == WhenClashing.SKIP or not can_give_up(in_the_way)):
        words = _("overlaps %(session)s") % {"session": in_the_way[0].session.name}
        yield Hindrance(Code.OVERLAP, words)
    # Nobody falls back in a line but by staff, who pass them over then: only those are counted again.
    if item.passed_over_code == Code.PLACE and (hindrance := too_far_back(item, position(item) or 0)):
        yield hindrance


def too_far_back(item: WaitlistItem, place: int) -> Hindrance | None:
    """Why somebody at this place is passed over who waits only further forward; None for everybody else."""
    if item.place_at_most is None or place <= item.place_at_most:
        return None
    words = _("wants to wait only among the first %(n)d")
    return Hindrance(Code.PLACE, words % {"n": item.place_at_most})


def hindrance_of_party(
    target: Target, party: Sequence[WaitlistItem], standings: Mapping[int, Standing], at: datetime
) -> Hindrance | None:
    """Why those who wait together cannot all be served now; None when they can. One alone needs no free seat."""
    if len(party) == 1:
        return hindrance_of(target, party[0], standings[party[0].contact_id], at)
    size = {"n": len(party)}
    if any(item.status != WaitlistItem.Status.WAITING for item in party):
        return Hindrance(Code.GROUP, _("somebody of the group of %(n)d has no seat at the event yet") % size)
    for item in party:
        if hindrance := hindrance_of(target, item, standings[item.contact_id], at):
            words = _("somebody of the group of %(n)d cannot be served: %(why)s")
            return Hindrance(Code.GROUP, words % {**size, "why": hindrance.words})
    free = target.seats.free
    if free is not None and free < len(party):
        return Hindrance(Code.TOO_FEW_SEATS, _("not enough seats for the group of %(n)d") % size)
    return None


def _keeps_back(reason: Reason) -> bool:
    is_sold_out = isinstance(reason.about, Pass) and reason.why in {Why.FULL, Why.HARD_LIMIT}
    return is_sold_out or reason.why not in PROMOTION.overlooks


def _of_reason(refused: Reason) -> Hindrance:
    if isinstance(refused.about, Pass):
        return of_sold_out_pass()
    if refused.why == Why.NOT_IN_PASS:
        return Hindrance(Code.NOT_IN_PASS, _("the pass does not include it"))
    return Hindrance(_CODES.get(refused.why, Code.OTHER), refused.words)


def of_sold_out_pass() -> Hindrance:
    """What keeps somebody back who waits with a pass of which none is left."""
    return Hindrance(Code.PASS_SOLD_OUT, _("the pass is sold out"))


def can_give_up(seats: Collection[SessionRegistration]) -> bool:
    """True when a swap may take these seats away: none is locked, included or used already."""
    if not all(rules.may_be_swapped_away(seat) for seat in seats):
        return False
    registrations = {seat.event_registration_id for seat in seats}
    sessions = {seat.session_id for seat in seats}
    used = CheckIn.objects.filter(event_registration__in=registrations, session__in=sessions, undone_at=None)
    return not used.exists()
