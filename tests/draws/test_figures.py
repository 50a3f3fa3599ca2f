"""What a draw gives to how many, beside first-come on the same wishes."""

from __future__ import annotations

from registrations.draw import snake
from registrations.draw.figures import figures, first_come
from registrations.draw.snake import Session, Ticket, Time, World

MORNING = Time(600, 660, exclusive=True)


def ticket(code: str, *wishes: int, people: int = 1) -> Ticket:
    """A ticket that has nothing yet, in a world with one set."""
    return Ticket(code * 8, people, wishes, (), (1,))


def world(*tickets: Ticket, most_seats: int | None = None) -> World:
    """Three sessions: two at the same time with one seat and three, and one for everybody, at most one of 1 and 3."""
    sessions = (Session(1, 1, MORNING), Session(2, 3, MORNING), Session(3, None, None))
    told = ("conf", "Conf", "2031-05-05T09:00:00Z", "The lottery")
    return World(*told, most_seats, sessions, ((1, 3),), tickets)


def test_counts_people_and_not_tickets():
    one = world(ticket("a", 1, 2), ticket("b", 2, people=3), ticket("c"))
    given = [
        snake.Decision(1, 1, "a" * 8, 1, 1, snake.GIVEN),
        snake.Decision(1, 2, "b" * 8, 2, 1, snake.FULL),
    ]
    found = figures(one, given)
    assert (found.tickets, found.people, found.wishes) == (2, 4, 3)
    assert (found.with_dearest, found.with_nothing, found.without) == (1, 3, {"b" * 8})
    assert (found.dearest_percent, found.nothing_percent) == (25, 75)
    assert (found.seats_given, found.seats_left, found.given) == (1, 3, {1: 1, 2: 0, 3: 0})


def test_says_nothing_of_a_draw_without_wishes():
    assert figures(world(), []).dearest_percent == 0


def test_first_come_takes_the_whole_list_of_whoever_came_first():
    one = world(ticket("a", 1, 2, 3), ticket("b", 1, 2), ticket("c", 2, people=3))
    taken = [(each.ticket[0], each.session) for each in first_come(one, ["b" * 8, "c" * 8, "a" * 8])]
    # b is busy in the morning then; c are three and find three seats; a finds both of the morning full, and 3 free.
    assert taken == [("b", 1), ("c", 2), ("a", 3)]


def test_first_come_keeps_to_the_limits():
    limited = world(ticket("a", 1, 3), most_seats=None)
    assert [each.session for each in first_come(limited, ["a" * 8])] == [1]
    assert [each.session for each in first_come(world(ticket("a", 2, 3), most_seats=1), ["a" * 8])] == [2]


def test_whoever_is_not_in_the_file_took_nothing():
    assert first_come(world(ticket("a", 1)), ["f" * 8]) == []
