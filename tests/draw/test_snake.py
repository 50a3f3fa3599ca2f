"""The rule of the draw: what it gives is right, justified, and the same whoever asks and whenever they entered."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from registrations.draw import snake
from registrations.draw.snake import CLASH, ENOUGH, FULL, GIVEN, LIMIT, Decision, Session, Ticket, Time, World
from tests.draw.worlds import MORNING, world

pytestmark = pytest.mark.once
NUMBERS = range(120)
AT_TEN, AT_ELEVEN = Time(MORNING, MORNING + 60, True), Time(MORNING + 60, MORNING + 120, True)


def decided(number: int) -> tuple[World, list[Decision]]:
    """Return a world and what its draw decides."""
    made = world(number)
    return made, snake.decide(made, snake.seed(snake.write(made), "7 12 31"))


@pytest.fixture(scope="module")
def draws() -> list[tuple[World, list[Decision]]]:
    """Return many worlds, each with its decisions."""
    return [decided(number) for number in NUMBERS]


def test_decides_each_wish_once(draws):
    for made, decisions in draws:
        wishes = Counter((one.code, wish) for one in made.tickets for wish in one.wishes)
        assert Counter((one.ticket, one.session) for one in decisions) == wishes


def test_justifies_every_verdict(draws):
    verdicts = Counter(one.verdict for made, decisions in draws for one in replayed(made, decisions))
    assert set(verdicts) == {GIVEN, ENOUGH, CLASH, LIMIT, FULL}
    assert min(verdicts.values()) > 100


def replayed(made: World, decisions: list[Decision]) -> list[Decision]:
    """Follow a draw from its first turn to its last, by counting each time anew what was given until then."""
    tickets = {one.code: one for one in made.tickets}
    roomy = {
        one.number
        for one in made.sessions
        if one.seats is None
        or sum(each.people for each in made.tickets if one.number in each.wishes) <= one.seats
    }
    before: list[Decision] = []
    along = sorted(decisions, key=lambda one: (one.round, one.place * (1 if one.round % 2 else -1), one.rank))
    for one in along:
        assert one.verdict == verdict(made, tickets, one, before)
        turn = [each for each in before if (each.round, each.ticket) == (one.round, one.ticket)]
        taken = [each for each in turn if each.verdict == GIVEN and each.session not in roomy]
        assert taken == [] or one.verdict == ENOUGH
        assert one.rank == 1 + sum(each.ticket == one.ticket for each in before)
        before.append(one)
    return along


def verdict(made: World, tickets: dict[str, Ticket], one: Decision, before: list[Decision]) -> str:
    """Return what the words of the rule say about one wish, after all that was given before."""
    ticket = tickets[one.ticket]
    session = made.sessions[one.session - 1]
    given = [each for each in before if each.verdict == GIVEN]
    mine = [made.sessions[each.session - 1] for each in given if each.ticket == one.ticket]
    taken = sum(tickets[each.ticket].people for each in given if each.session == one.session)
    times = [*ticket.busy, *(each.time for each in mine if each.time)]
    if made.most_seats is not None and len(mine) >= made.most_seats:
        return ENOUGH
    if session.time is not None and any(shares(session.time, each) for each in times):
        return CLASH
    for numbers, more in zip(made.sets, ticket.more, strict=True):
        if (
            more is not None
            and one.session in numbers
            and sum(each.number in numbers for each in mine) >= more
        ):
            return LIMIT
    return GIVEN if session.seats is None or taken + ticket.people <= session.seats else FULL


def shares(one: Time, other: Time) -> bool:
    """Return whether two times have a minute in common that matters."""
    minutes = set(range(one.starts, one.ends)) & set(range(other.starts, other.ends))
    return bool(minutes) and (one.exclusive or other.exclusive)


def test_oversells_nothing(draws):
    for made, decisions in draws:
        people = {one.code: one.people for one in made.tickets}
        taken: Counter[int] = Counter()
        for one in decisions:
            taken[one.session] += people[one.ticket] * (one.verdict == GIVEN)
        for session in made.sessions:
            assert session.seats is None or taken[session.number] <= session.seats


def test_entering_last_is_entering_first(draws):
    for number, (made, decisions) in zip(NUMBERS, draws, strict=True):
        tickets = list(made.tickets)
        random.Random(number).shuffle(tickets)
        shuffled = made._replace(tickets=tuple(tickets))
        text = snake.write(shuffled)
        assert text == snake.write(made)
        assert snake.decide(shuffled, snake.seed(text, "7 12 31")) == decisions


def test_reads_what_it_wrote(draws):
    for made, decisions in draws:
        text = snake.write(made)
        read = snake.read(text)
        assert snake.write(read) == text
        assert text.isascii()
        assert snake.decide(read, snake.seed(text, "7 12 31")) == decisions


def test_finds_another_order_with_another_number(draws):
    made, _ = max(draws, key=lambda draw: len(draw[0].tickets))
    orders = {
        tuple(one.code for one in snake.order(snake.seed(snake.write(made), str(number)), made.tickets))
        for number in range(20)
    }
    assert len(orders) == 20


# The rule in small: two sessions, tickets whose order is known.


def small(
    *tickets: Ticket, seats: tuple[int, ...] = (1, 1), most_seats: int | None = None
) -> dict[str, list[str]]:
    """Decide for sessions at ten, at eleven and so on; return the verdicts of each ticket, said with the round."""
    sessions = tuple(
        Session(at, each, Time(MORNING + 60 * at, MORNING + 60 * at + 60, True))
        for at, each in enumerate(seats, 1)
    )
    made = World("e", "E", "2026-11-29T14:00:00Z", "a number", most_seats, sessions, (), tickets)
    found: dict[str, list[str]] = {}
    for one in snake.decide(made, "seed"):
        found.setdefault(one.ticket, []).append(f"{one.verdict} {one.round}")
    return found


def in_order(*wishes: tuple[int, ...], people: int = 1) -> list[Ticket]:
    """Return tickets with these wishes, in the order in which they will stand in line."""
    codes = [f"{at:08x}" for at in range(len(wishes))]
    line = snake.order("seed", [Ticket(code, people, (), (), ()) for code in codes])
    return [one._replace(wishes=wish) for one, wish in zip(line, wishes, strict=True)]


def test_goes_back_in_round_two():
    first, second, third, fourth = in_order((1, 3), (2, 3), (1,), (2,))
    assert small(first, second, third, fourth, seats=(1, 1, 1)) == {
        first.code: ["given 1", "full 2"],
        second.code: ["given 1", "given 2"],
        third.code: ["full 1"],
        fourth.code: ["full 1"],
    }


def test_goes_on_to_next_wish_where_one_is_full():
    first, second = in_order((1,), (1, 2, 3))
    assert small(first, second, seats=(1, 1, 1))[second.code] == ["full 1", "given 1", "given 1"]


def test_turn_is_free_where_all_have_room():
    first, second = in_order((1, 2), (1, 2))
    found = small(first, second, seats=(2, 1))
    assert found == {first.code: ["given 1", "given 1"], second.code: ["given 1", "full 1"]}


def test_stops_at_enough():
    (alone,) = in_order((1, 2))
    assert small(alone, most_seats=1) == {alone.code: ["given 1", "enough 1"]}


def test_group_gets_all_or_nothing():
    (group,) = in_order((1, 2), people=3)
    assert small(group, seats=(2, 3)) == {group.code: ["full 1", "given 1"]}


def test_published_script_says_the_same_alone(tmp_path):
    made, decisions = decided(7)
    file = tmp_path / "wishes.json"
    file.write_bytes(snake.write(made).encode())
    script = tmp_path / "snake.py"
    script.write_bytes(Path(snake.__file__).read_bytes())
    command = [sys.executable, "-I", str(script), str(file)]
    run = subprocess.run([*command, " 7  12 31 "], capture_output=True, check=True, cwd=tmp_path)
    assert run.stdout.decode() == snake.decisions_text(decisions)
    assert snake.commitment(snake.write(made)) in run.stderr.decode()
    changed = file.read_bytes().replace(b'"people":1', b'"people":2', 1)
    file.write_bytes(changed)
    run = subprocess.run([*command, "7 12 31"], capture_output=True, check=True, cwd=tmp_path)
    assert snake.commitment(snake.write(made)) not in run.stderr.decode()


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        (" 7  12\t31\n", "7 12 31"),
        ("7\u00a012", "7 12"),
        ("0" * 200, "0" * 200),
        ("beacon: 1F-a", "beacon: 1F-a"),
    ],
)
def test_normalises_number(typed, used):
    assert snake.normalised(typed) == used


@pytest.mark.parametrize(
    "typed", ["", " \n ", "1" * 201, "7\x0012", "7\x1f12", "sieben ü", "７", "7\u202e12"]
)
def test_refuses_number(typed):
    with pytest.raises(snake.BadNumber, match=r"^The public number "):
        snake.normalised(typed)
