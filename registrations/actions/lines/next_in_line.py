"""Who in a line is served next, and how. Decides only: serving does it, a preview previews it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.models import Event
from registrations import rules
from registrations.actions.lines.hindrances import Hindrance, hindrance_of, hindrance_of_party
from registrations.models import SessionRegistration
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

WhenClashing = WaitlistItem.WhenClashing
Target = Event | Session


@dataclass(frozen=True)
class Step:
    """One seat given or offered, or the items passed over for one reason."""

    items: list[WaitlistItem]
    hindrance: Hindrance | None = None
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
    offered as an invitation. Those who wait together, who may stand anywhere in `items`, are served where the first
    of them stands: each as they chose, all of them or none.
    """
    line = list(items)
    while line and target.seats.has_seat_for_line:
        item = line.pop(0)
        party, line = _party_of(item, line)
        standing = standings[item.contact_id]
        if len(party) > 1:
            yield from _in_one_go(target, party, standings, at)
        elif hindrance := hindrance_of(target, item, standing, at):
            yield Step([item], hindrance)
        elif not rules.registers_automatically(item, target):
            yield from _group(target, item, line, standings, at)
        else:
            yield _step_for(target, item, standing)


def _party_of(item: WaitlistItem, line: list[WaitlistItem]) -> tuple[list[WaitlistItem], list[WaitlistItem]]:
    """The item with whoever waits together with it; and the rest of the line."""
    if item.together is None:
        return [item], line
    mates = [other for other in line if other.together == item.together]
    return [item, *mates], [other for other in line if other.together != item.together]


def _in_one_go(
    target: Target, party: list[WaitlistItem], standings: Mapping[int, Standing], at: datetime
) -> Iterator[Step]:
    if hindrance := hindrance_of_party(target, party, standings, at):
        yield Step([item for item in party if item.status == WaitlistItem.Status.WAITING], hindrance)
        return
    for item in party:
        yield _step_for(target, item, standings[item.contact_id])


def _step_for(target: Target, item: WaitlistItem, standing: Standing) -> Step:
    """One seat for one person: given, with what is given up for it, or offered."""
    in_the_way = rules.seats_in_the_way(target, standing)
    is_unwilling = in_the_way and item.when_clashing != WhenClashing.SWAP
    if is_unwilling or not rules.registers_automatically(item, target):
        return Step([item], is_invitation=True)
    return Step([item], give_up=in_the_way)


def _group(
    target: Target,
    first: WaitlistItem,
    line: list[WaitlistItem],
    standings: Mapping[int, Standing],
    at: datetime,
) -> Iterator[Step]:
    """One seat offered to `first` and to those right behind who are to be asked too.

    Nobody behind a person who is to be registered automatically is invited: that would let them overtake; nor
    anybody who waits together with others, to whom as many seats are offered at once. Where somebody was passed over
    and the items end, nobody is invited yet: others may stand behind these, and are among the items next time, when
    whoever was passed over is not.
    """
    group, was_cut_short = [first], False
    while line and len(group) < target.invitations_per_slot:
        item = line[0]
        # One slot holds one seat, and one of the pass that they pay for: the same for all of them.
        if item.together is not None or rules.priced_pass_of(item) != rules.priced_pass_of(first):
            break
        hindrance = hindrance_of(target, item, standings[item.contact_id], at)
        if not hindrance and rules.registers_automatically(item, target):
            break
        line.pop(0)
        if hindrance:
            was_cut_short = not line
            yield Step([item], hindrance)
        else:
            group.append(item)
    if not was_cut_short:
        yield Step(group, is_invitation=True)
