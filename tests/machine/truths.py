"""What must hold after every step, whatever was done. None of it looks at how the engine works."""

from __future__ import annotations

from collections import Counter

from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from tests.machine.world import Seen, World
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Status = WaitlistItem.Status
SERVED = {Verb.PROMOTED, Verb.INVITED}
TAKEN_AFTER_ALL = {Verb.PROMOTED, Verb.ACCEPTED, Verb.ADDED_PAST_CAPACITY}


def check(world: World, before: Seen, after: Seen) -> None:
    """Raise AssertionError for everything that is untrue after a step."""
    assert world.errors.records == [], "\n".join(world.errors.records)
    if not before.changes(after):
        return
    # Also that nobody waits beside a free seat: every act serves the lines itself, the sweeper is for killed ones.
    assert [str(one) for one in recount(world.event, swept=True, at=world.now)] == []
    moves = list(
        Activity.objects.filter(event=world.event, pk__gt=before.last_activity)
        .order_by("pk")
        .values_list("verb", "actor", "contact_id", "seats_id", "session__starts_at")
    )
    _nobody_is_twice_anywhere(world)
    _items_hang_on_registrations(world, after)
    _nobody_is_overtaken(before, after, moves)
    _no_group_is_parted(after, moves)
    _nobody_is_served_after_the_start(world, moves)
    _who_gave_up_a_seat_got_another(moves)
    _nobody_is_told_twice(world, before)


def _nobody_is_twice_anywhere(world: World) -> None:
    seats = SessionRegistration.objects.active().filter(session__event=world.event)
    pairs = Counter(seats.values_list("contact_id", "session_id"))
    assert [pair for pair, times in pairs.items() if times > 1] == []


def _items_hang_on_registrations(world: World, after: Seen) -> None:
    """Who waits is registered: for the event itself as waitlisted, for a session with a seat of the event."""
    rows = EventRegistration.objects.active().filter(event=world.event).values_list("contact_id", "status")
    statuses = dict(rows)
    for item in after.items:
        if not item.is_open:
            continue
        is_of_event = item.session_id is None
        waits_for_event = is_of_event or item.status == Status.ON_HOLD
        wanted = "waitlisted" if waits_for_event else "confirmed"
        assert statuses.get(item.contact_id) == wanted, (
            f"{item.status} item of a {statuses.get(item.contact_id)}"
        )
    hoping = {item.contact_id for item in after.items if item.is_open and item.session_id is None}
    assert {contact for contact, status in statuses.items() if status == "waitlisted"} == hoping


def _nobody_is_overtaken(before: Seen, after: Seen, moves: list[tuple]) -> None:
    """Seatwise serves a younger item only when no older one stood in line untouched all the while."""
    touched = {(contact, seats) for _verb, _actor, contact, seats, _start in moves}
    was_in_line = {i.pk for i in before.items if i.status == Status.WAITING and i.passed_over_at is None}
    stood = [
        item
        for item in after.items
        if item.pk in was_in_line
        and item.status == Status.WAITING
        and (item.contact_id, item.seats_id) not in touched
    ]
    served = _served(after, moves)
    for item in served:
        # A group stands where the first of it does.
        group = [i for i in served if i.together and i.together == item.together] or [item]
        place = min((i.joined_at, i.pk) for i in group)
        older = [i for i in stood if i.seats_id == item.seats_id and (i.joined_at, i.pk) < place]
        assert older == [], f"{item} was served before {older}"


def _served(after: Seen, moves: list[tuple]) -> list[WaitlistItem]:
    """The items that Seatwise itself gave or offered a seat."""
    who = [
        (contact, seats)
        for verb, actor, contact, seats, _start in moves
        if verb in SERVED and actor == "Seatwise"
    ]
    return [[i for i in after.items if (i.contact_id, i.seats_id) == one][-1] for one in who]


def _no_group_is_parted(after: Seen, moves: list[tuple]) -> None:
    """Whoever waits together is served together: nobody of the group still stands in line, or is on hold."""
    groups = {item.together for item in _served(after, moves) if item.together}
    left = [i for i in after.items if i.together in groups and i.status in WaitlistItem.IN_A_PARTY]
    assert left == [], f"{left} were left behind"


def _nobody_is_served_after_the_start(world: World, moves: list[tuple]) -> None:
    late = [m for m in moves if m[0] in SERVED and m[1] == "Seatwise" and m[4] and m[4] <= world.now]
    assert late == []


def _who_gave_up_a_seat_got_another(moves: list[tuple]) -> None:
    gave_up = {contact for verb, _actor, contact, *_ in moves if verb == Verb.SWAPPED_AWAY}
    got = {contact for verb, _actor, contact, *_ in moves if verb in TAKEN_AFTER_ALL}
    assert gave_up <= got


def _nobody_is_told_twice(world: World, before: Seen) -> None:
    mails = Notification.objects.filter(event=world.event, pk__gt=before.last_mail)
    told = Counter(mails.values_list("contact_id", "kind", "session_id"))
    assert [mail for mail, times in told.items() if times > 1] == []
