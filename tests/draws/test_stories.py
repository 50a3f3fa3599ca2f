"""A draw from its plan to its result, through the acts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.errors import InDraw
from registrations.actions import (
    add_to_session,
    cancel_draw,
    cancel_session_registrations,
    freeze,
    invite_to_ticket,
    join_ticket,
    join_waitlist,
    publish,
    publish_due,
    settle,
)
from registrations.draw import snake
from registrations.models import Activity, Draw, Notification
from registrations.queries.draw_preview import preview_of
from registrations.queries.draws import latest_outcome, open_draw, outcome_of
from tests.draws.acts import AFTER, CLOSES, OPEN, OPENS, World
from tests.engine.acts import claim, figures, holders, ledger, mails, outcomes, person, seat_of
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)


def line_of(world: World, number: int) -> list[str]:
    """Who waits for the session, in line order, by the part of the address before the @."""
    items = WaitlistItem.objects.waiting().filter(session=world.sessions[number]).in_line()
    return [item.contact.email.split("@")[0] for item in items.select_related("contact")]


def test_seats_places_and_one_mail_for_everybody(world: World) -> None:
    ann, bob, cid = (world.guest(name) for name in ("ann", "bob", "cid"))
    for guest in (ann, bob, cid):
        world.wish(guest, 0, 2)
    told = len(mails())
    draw = world.published()
    assert draw.state == Draw.State.PUBLISHED
    # One seat, two seats: the first of the line has the dearest, and two of three the other.
    assert len(holders(world.sessions[0])) == 1
    assert len(holders(world.sessions[2])) == 2
    assert sorted(mails()[told:]) == [("drawn", "ann"), ("drawn", "bob"), ("drawn", "cid")]
    assert len(line_of(world, 0)) == 2
    assert len(line_of(world, 2)) == 1
    # The order of a line is that of the tickets, where rank and round are alike.
    decided = draw.decisions.filter(session=world.sessions[0], verdict="full").order_by(
        "round", "ticket__place"
    )
    in_order = [one.ticket.holders.get().registration.contact.email.split("@")[0] for one in decided]
    assert line_of(world, 0) == in_order
    mine = outcome_of(ann, draw)
    assert mine is not None
    assert [wish.rank for wish in mine.wishes] == [1, 2]
    assert (mine.of, mine.people) == (3, 1)
    assert latest_outcome(ann) == mine
    shown = preview_of(draw)
    assert shown is not None
    assert (shown.one.people, shown.one.seats_given) == (3, 3)


def test_what_is_left_is_first_come_and_lines_are_served_again(world: World) -> None:
    ann, bob = world.guest("ann"), world.guest("bob")
    for guest in (ann, bob):
        world.wish(guest, 0)
    assert outcomes(claim(world.sessions[1], person("dora"), at=OPEN)) == ["in_draw"]
    world.published()
    assert outcomes(claim(world.sessions[1], person("dora"), at=AFTER)) == ["registered"]
    [has] = holders(world.sessions[0])
    [waits] = line_of(world, 0)
    cancel_session_registrations([seat_of(world.sessions[0], person(has))], actor=World.staff(), at=AFTER)
    assert holders(world.sessions[0]) == {waits}


def test_lines_rest_from_opening_until_the_result(world: World) -> None:
    session = world.sessions[0]
    # Waiting since before the window opened.
    before = OPENS - timedelta(hours=1)
    claim(session, person("holder"), at=before)
    join_waitlist(session, person("early"), at=before)
    with pytest.raises(InDraw) as refused:
        join_waitlist(session, person("late"), at=OPEN)
    assert refused.value.data == {"opens_at": OPENS, "closes_at": CLOSES}
    cancel_session_registrations([seat_of(session, person("holder"))], actor=World.staff(), at=OPEN)
    assert settle([session.seats_id], at=AFTER) == 0
    assert holders(session) == set()
    # The seat is due to whoever waited before: the draw does not give it.
    ann = world.guest("ann")
    world.wish(ann, 0)
    world.published()
    assert world.became(ann) == [(0, "line", "full")]
    assert holders(session) == {"early"}
    assert line_of(world, 0) == ["ann"]


def test_a_draw_called_off_gives_its_sessions_back(world: World) -> None:
    session = world.sessions[0]
    claim(session, person("holder"), at=OPENS - timedelta(hours=1))
    join_waitlist(session, person("early"), at=OPENS - timedelta(hours=1))
    cancel_session_registrations([seat_of(session, person("holder"))], actor=World.staff(), at=OPEN)
    cancel_draw(world.draw, actor=World.staff(), reason="The lottery was called off", at=OPEN)
    assert holders(session) == {"early"}
    assert open_draw(world.event, OPEN) is None
    assert outcomes(claim(world.sessions[1], person("dora"), at=OPEN)) == ["registered"]
    assert "draw_cancelled" in Activity.objects.values_list("verb", flat=True)


def test_staff_give_seats_while_it_is_open_and_the_ledger_says_so(world: World) -> None:
    [line] = add_to_session(world.sessions[0], [person("vip")], actor=World.staff(), at=OPEN)
    assert line.outcome == "registered"
    row = Activity.objects.filter(session=world.sessions[0]).latest("pk")
    assert row.detail["given_during_draw"] is True
    ann = world.guest("ann")
    world.wish(ann, 0, 2)
    world.published()
    assert world.became(ann) == [(0, "line", "full"), (2, "seat", "registered")]
    assert ledger(world.sessions[0]) == ["registered", "waitlisted"]


def test_what_changed_between_draw_and_publishing_is_told_and_comes_first(world: World) -> None:
    guests = [world.guest(name) for name in ("ann", "bob", "cid")]
    for guest in guests:
        world.wish(guest, 2)
    world.drawn()
    winners = [one.ticket.holders.get().registration for one in world.draw.decisions.filter(verdict="given")]
    [loser] = [guest for guest in guests if guest not in winners]
    # Staff take one of the two seats meanwhile.
    add_to_session(world.sessions[2], [person("vip")], actor=World.staff(), at=AFTER)
    publish(world.draw, actor=World.staff(), at=AFTER)
    first, second = sorted(winners, key=lambda one: one.ticket_holders.get().ticket.place)
    assert world.became(first) == [(2, "seat", "registered")]
    assert world.became(second) == [(2, "line", "full")]
    assert line_of(world, 2) == [one.contact.email.split("@")[0] for one in (second, loser)]


def test_wishes_without_a_line_are_told_so(world: World) -> None:
    world.sessions[0].own_waitlist_enabled = False
    world.sessions[0].save(update_fields=["own_waitlist_enabled"])
    ann, bob = world.guest("ann"), world.guest("bob")
    for guest in (ann, bob):
        world.wish(guest, 0)
    world.published()
    assert sorted(world.became(ann) + world.became(bob)) == [
        (0, "nothing", "no_waitlist"),
        (0, "seat", "registered"),
    ]


def test_publishing_again_changes_nothing(world: World) -> None:
    ann = world.guest("ann")
    world.wish(ann, 0)
    world.published()
    before = (mails(), Activity.objects.count(), figures(world.sessions[0]))
    assert publish(world.draw, actor=World.staff(), at=AFTER).state == Draw.State.PUBLISHED
    assert publish_due(at=AFTER) == 0
    assert (mails(), Activity.objects.count(), figures(world.sessions[0])) == before


def test_the_commitment_is_that_of_the_file_and_the_same_whoever_came_first(world: World) -> None:
    guests = [world.guest(name) for name in ("ann", "bob", "cid")]
    for minutes, guest in enumerate(guests):
        world.wish(guest, 1, at=OPEN + timedelta(minutes=minutes))
        # Said anew at the last second, the dearest first.
        world.wish(guest, 0, 1, 2, at=CLOSES - timedelta(seconds=1 + minutes))
    assert not freeze(world.draw, CLOSES - timedelta(seconds=1))
    assert freeze(world.draw, CLOSES)
    assert not freeze(world.draw, CLOSES)
    draw = Draw.objects.get(pk=world.draw.pk)
    assert draw.commitment == snake.commitment(draw.frozen_file)
    assert str(CLOSES.year) in draw.frozen_file
    for guest in guests:
        assert guest.contact.email not in draw.frozen_file
    frozen = snake.read(draw.frozen_file)
    assert [ticket.wishes for ticket in frozen.tickets] == [(1, 2, 3)] * 3
    assert [session.seats for session in frozen.sessions] == [1, 1, 2]


def test_a_group_has_a_session_together_or_waits_for_it_together(world: World) -> None:
    ann, bob, cid = (world.guest(name) for name in ("ann", "bob", "cid"))
    link = invite_to_ticket(ann, world.draw, at=OPEN).invitation
    join_ticket(link, bob, at=OPEN)
    world.wish(bob, 2, 0)
    world.wish(cid, 2)
    world.published()
    together = world.became(ann)
    assert together == world.became(bob)
    assert together[1] == (0, "line", "full"), "one seat is too few for two"
    items = WaitlistItem.objects.waiting().filter(session=world.sessions[0])
    assert len({item.together for item in items}) == 1
    assert Notification.objects.filter(kind="drawn").count() == 3
