"""Who gets a seat in which session, decided so that anybody can decide it again. Python 3.11, nothing to install.

    python3 snake.py wishes.json "12 7 31 44 2 19" > mine.json

prints every decision of the draw whose wishes are in `wishes.json` and whose public number was 12 7 31 44 2 19. It has
to be, byte for byte, the file of decisions that was published.

THE RULE, "snake-1"

1. Tickets. A ticket is one person, or a group of up to four with one list of wishes. It has a random code and a list of
   wishes, the dearest first. When the list was made does not matter: the file holds no such time.
2. The order. SHA-256 of the file and of a public number makes the seed; SHA-256 of the seed and a ticket's code says
   where the ticket stands: the smallest comes first. The file's own SHA-256, the commitment, is published at closing,
   when nobody can know the number yet. So nobody can choose the order: not by the wishes, not by the codes.
3. Turns. Round 1 goes along the line, round 2 goes back, round 3 along it again, and so on like a snake. At its turn a
   ticket gets the first of its wishes that it can get, and the turn is over.
4. Room for all. Where a session has at least as many seats as people who wish for it, counted once before round 1,
   nobody can miss it. Getting it costs no turn: the ticket goes on to its next wish.
5. Groups. All of a group get a session, or none does: one turn, as many seats as people.
6. Why not. Each wish gets one verdict, when a turn of its ticket comes to it, and keeps it:
       given    the ticket has it
       enough   the ticket has as many sessions as this draw gives to one
       clash    it overlaps what the ticket has, from before or from an earlier wish
       limit    no more of its kind may be had, such as at most two of one track
       full     fewer seats are left than the ticket has people
   They are asked in this order. A wish that was refused could not come true later: seats become fewer, and what a
   ticket has becomes more. "Full in round 2" therefore means: when this ticket had its turn in round 2.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
RULE = "snake-1"
GIVEN, ENOUGH, CLASH, LIMIT, FULL = "given", "enough", "clash", "limit", "full"
COLUMNS = ("round", "place", "ticket", "session", "rank", "verdict")
MOST_PEOPLE = 4
MOST_BYTES = 50_000_000
MOST_SIGNS = 200
FAR = 1_000_000_000  # More than any count, and than minutes since 1970 until the year 3871.


class BadFile(ValueError):
    """A file of wishes that cannot be right; its text is a sentence that says what is wrong."""


class BadNumber(ValueError):
    """A public number that cannot be used; its text is a sentence that says why."""


class Time(NamedTuple):
    """When something is, in minutes since 1970. `exclusive`: whoever is there may have nothing that overlaps it."""

    starts: int
    ends: int
    exclusive: bool


class Session(NamedTuple):
    """What can be wished for, its number on the programme and the seats that the draw may give; None is no limit."""

    number: int
    seats: int | None
    time: Time | None


class Ticket(NamedTuple):
    """One person or group: session numbers in the order of their wishes, and what binds them from before.

    `busy` is when they have something already. `more` says for each of the world's sets how many more sessions of it
    they may have; None where the set does not bind them.
    """

    code: str
    people: int
    wishes: tuple[int, ...]
    busy: tuple[Time, ...]
    more: tuple[int | None, ...]


class World(NamedTuple):
    """All that the draw knows. `sets` are sessions that are counted together; `most_seats` is for one ticket."""

    event: str
    title: str
    closed_at: str
    number_source: str
    most_seats: int | None
    sessions: tuple[Session, ...]
    sets: tuple[tuple[int, ...], ...]
    tickets: tuple[Ticket, ...]


class Decision(NamedTuple):
    """What became of one wish. `place` is the ticket's in the line, `rank` the wish's on its list, both from 1."""

    round: int
    place: int
    ticket: str
    session: int
    rank: int
    verdict: str


# The order of the line.


def commitment(text: str) -> str:
    """Return the SHA-256 of a file of wishes, in hexadecimal: published before the public number exists."""
    return _sha256(text)


def normalised(number: str) -> str:
    """Return a public number as it is used: without spaces around it, with one space where there were several."""
    plain = re.sub(r"[ \t\r\n\u00a0]+", " ", number).strip(" ")
    if not plain:
        raise BadNumber("The public number is empty.")
    if len(plain) > MOST_SIGNS:
        raise BadNumber(f"The public number is longer than {MOST_SIGNS} characters.")
    if not all(" " <= sign <= "~" for sign in plain):
        raise BadNumber("The public number may have digits, letters without accents, signs and spaces only.")
    return plain


def seed(text: str, number: str) -> str:
    """Return the SHA-256 of a file of wishes, an end of line and the public number, in hexadecimal."""
    return _sha256(f"{text}\n{normalised(number)}")


def order(seed: str, tickets: Iterable[Ticket]) -> list[Ticket]:
    """Return the tickets as they stand in line: by the SHA-256 of seed and code, one behind the other."""
    return sorted(tickets, key=lambda ticket: _sha256(seed + ticket.code))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Deciding.


def decide(world: World, seed: str) -> list[Decision]:
    """Return one decision for each wish of each ticket, by the ticket's place and the wish's rank."""
    table = _Table(world)
    line = [_Player(place, ticket) for place, ticket in enumerate(order(seed, world.tickets), 1)]
    round_number = 0
    while line:
        round_number += 1
        for player in line if round_number % 2 else reversed(line):
            table.give_turn(player, round_number)
        line = [player for player in line if player.decided < len(player.ticket.wishes)]
    return sorted(table.decisions, key=lambda decision: (decision.place, decision.rank))


class _Player:
    """A ticket in line: how many of its wishes are decided, when it is busy, what it got and what it may get."""

    def __init__(self, place: int, ticket: Ticket) -> None:
        self.place, self.ticket, self.decided, self.got = place, ticket, 0, 0
        self.busy, self.more = list(ticket.busy), list(ticket.more)


class _Table:
    """What all tickets see: the seats that are left, and what was decided so far."""

    def __init__(self, world: World) -> None:
        self.most_seats = FAR if world.most_seats is None else world.most_seats
        self.times = {session.number: session.time for session in world.sessions}
        self.left = {
            session.number: FAR if session.seats is None else session.seats for session in world.sessions
        }
        self.sets_of: dict[int, list[int]] = {session.number: [] for session in world.sessions}
        for index, numbers in enumerate(world.sets):
            for number in numbers:
                self.sets_of[number].append(index)
        wished: Counter[int] = Counter()
        for ticket in world.tickets:
            for number in ticket.wishes:
                wished[number] += ticket.people
        self.has_room_for_all = {number for number, seats in self.left.items() if wished[number] <= seats}
        self.decisions: list[Decision] = []

    def give_turn(self, player: _Player, round_number: int) -> None:
        """Decide the player's wishes in their order until one is given that costs the turn."""
        ticket = player.ticket
        for number in ticket.wishes[player.decided :]:
            player.decided += 1
            verdict = self.verdict(player, number)
            self.decisions.append(
                Decision(round_number, player.place, ticket.code, number, player.decided, verdict)
            )
            if verdict == GIVEN:
                self.give(player, number)
                # Who has enough needs no further turn to be told so.
                if number not in self.has_room_for_all and player.got < self.most_seats:
                    return

    def verdict(self, player: _Player, number: int) -> str:
        """Return what becomes of the player's wish for this session, now."""
        if player.got >= self.most_seats:
            return ENOUGH
        time = self.times[number]
        if time is not None and any(clash(time, other) for other in player.busy):
            return CLASH
        for index in self.sets_of[number]:
            more = player.more[index]
            if more is not None and more <= 0:
                return LIMIT
        return GIVEN if self.left[number] >= player.ticket.people else FULL

    def give(self, player: _Player, number: int) -> None:
        """Give the session to all people of the player's ticket."""
        self.left[number] -= player.ticket.people
        player.got += 1
        time = self.times[number]
        if time is not None:
            player.busy.append(time)
        for index in self.sets_of[number]:
            more = player.more[index]
            if more is not None:
                player.more[index] = more - 1


def clash(one: Time, other: Time) -> bool:
    """Return whether nobody may have both: they share a minute, and either of them is exclusive."""
    return one.starts < other.ends and other.starts < one.ends and (one.exclusive or other.exclusive)


# The files. The same content is always the same bytes: ASCII, names in order, one line for each session and ticket.


def write(world: World) -> str:
    """Return the file of wishes, its tickets by their codes: nothing in it says who came first."""
    tickets = sorted(world.tickets, key=lambda ticket: ticket.code)
    parts = world._asdict() | {"rule": RULE, "sessions": world.sessions, "tickets": tickets}
    lists = {name: [row._asdict() for row in parts[name]] for name in ("sessions", "tickets")}
    lines = {name: _rows(lists[name]) if name in lists else _compact(part) for name, part in parts.items()}
    return "{\n" + ",\n".join(f'"{name}":{lines[name]}' for name in sorted(lines)) + "\n}\n"


def decisions_text(decisions: Sequence[Decision]) -> str:
    """Return the file of decisions: the names of the columns, then one line for each decision."""
    return _rows([COLUMNS, *decisions]) + "\n"


def _rows(values: Iterable[Any]) -> str:
    return "[\n" + ",\n".join(map(_compact, values)) + "\n]"


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def read(text: str) -> World:
    """Return what a file of wishes says. Raises BadFile where anything is not as `write` would have written it."""
    file = _fields(_parsed(text), {*World._fields, "rule"}, "The file")
    _check(file["rule"] == RULE, f'"rule" has to be "{RULE}": this script knows no other.')
    for name, most in (("event", 200), ("title", 1_000), ("closed_at", 40), ("number_source", 2_000)):
        _check(isinstance(file[name], str) and len(file[name]) <= most, f'"{name}" has to be a text.')
    if file["most_seats"] is not None:
        _whole(file["most_seats"], 1, '"most_seats"')
    sessions = _each(file["sessions"], "session", _session)
    sets = _each(file["sets"], "set", lambda one, what: _numbers(one, len(sessions), what))
    tickets = _each(file["tickets"], "ticket", lambda one, what: _ticket(one, len(sessions), len(sets), what))
    for at, session in enumerate(sessions, 1):
        _check(session.number == at, f"Session {at} of the file has the number {session.number}.")
    for code, times in Counter(ticket.code for ticket in tickets).items():
        _check(times == 1, f"The ticket {code} is in the file {times} times.")
    del file["rule"]
    world = World(**file | {"sessions": sessions, "sets": sets, "tickets": tickets})
    _check(
        write(world) == text,
        "The file says the same as a right one, but is written otherwise: it was changed.",
    )
    return world


def _parsed(text: str) -> Any:
    _check(len(text) <= MOST_BYTES, f"The file is longer than {MOST_BYTES:,} characters.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as reason:
        raise BadFile(f"The file is not JSON that can be read: {reason}.") from None


def _session(value: Any, what: str) -> Session:
    fields = _fields(value, Session._fields, what)
    seats = fields["seats"] if fields["seats"] is None else _whole(fields["seats"], 0, f"{what}: seats")
    time = None if fields["time"] is None else _time(fields["time"], f"{what}: time")
    return Session(_whole(fields["number"], 1, f"{what}: number"), seats, time)


def _ticket(value: Any, sessions: int, sets: int, what: str) -> Ticket:
    fields = _fields(value, Ticket._fields, what)
    code, more = fields["code"], _list(fields["more"], f"{what}: more")
    _check(
        isinstance(code, str) and re.fullmatch("[0-9a-f]{8,64}", code),
        f"{what}: the code is not 8 to 64 of 0–9, a–f.",
    )
    _check(len(more) == sets, f'{what}: "more" needs one number for each of the {sets} sets.')
    return Ticket(
        code,
        _whole(fields["people"], 1, f"{what}: people", MOST_PEOPLE),
        _numbers(fields["wishes"], sessions, f"{what}: wishes"),
        tuple(_time(time, f"{what}: busy") for time in _list(fields["busy"], f"{what}: busy")),
        tuple(one if one is None else _whole(one, 0, f"{what}: more") for one in more),
    )


def _time(value: Any, what: str) -> Time:
    parts = _list(value, what)
    _check(
        len(parts) == len(Time._fields) and isinstance(parts[2], bool),
        f"{what} has to be [start, end, true or false].",
    )
    time = Time(_whole(parts[0], -FAR, what), _whole(parts[1], -FAR, what), parts[2])
    _check(time.starts < time.ends, f"{what} ends before it has begun.")
    return time


def _numbers(value: Any, sessions: int, what: str) -> tuple[int, ...]:
    numbers = tuple(_whole(one, 1, f"{what}: a session's number", sessions) for one in _list(value, what))
    _check(len(set(numbers)) == len(numbers), f"{what} name a session twice.")
    return numbers


def _each(value: Any, what: str, one: Callable[[Any, str], T]) -> tuple[T, ...]:
    return tuple(one(part, f"{what.title()} {at}") for at, part in enumerate(_list(value, f'"{what}s"'), 1))


def _fields(value: Any, names: Iterable[str], what: str) -> dict[str, Any]:
    _check(
        isinstance(value, dict) and set(value) == set(names),
        f"{what} has to have these fields: {', '.join(sorted(names))}.",
    )
    return dict(value)


def _list(value: Any, what: str) -> list[Any]:
    _check(isinstance(value, list), f"{what} has to be a list.")
    return list(value)


def _whole(value: Any, least: int, what: str, most: int = FAR) -> int:
    _check(
        type(value) is int and least <= value <= most,
        f"{what} has to be a whole number from {least} to {most}.",
    )
    return int(value)


def _check(holds: Any, problem: str) -> None:
    if not holds:
        raise BadFile(problem)


def load(path: str) -> str:
    """Return the text of a file as it is, to the byte. Raises BadFile where it cannot be read."""
    try:
        with open(path, encoding="ascii", newline="") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as reason:
        raise BadFile(f"{path} cannot be read: {reason}") from None


def main() -> int:
    """Print the decisions, and beside them what belongs to them; return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description="Decides a draw again, and prints its decisions.")
    parser.add_argument("file", help="the published file of wishes")
    parser.add_argument("number", help="the public number, in quotation marks where it has spaces")
    asked = parser.parse_args()
    try:
        text = load(asked.file)
        world, seed_of_all = read(text), seed(text, asked.number)
    except (BadFile, BadNumber) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"commitment {commitment(text)}\nseed       {seed_of_all}", file=sys.stderr)
    # As bytes: some systems would print an end of line of their own.
    sys.stdout.buffer.write(decisions_text(decide(world, seed_of_all)).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
