"""Files of wishes that cannot be right: each gets a sentence, never a traceback."""

from __future__ import annotations

import json

import pytest

from registrations.draw import snake
from tests.draw.worlds import world

pytestmark = pytest.mark.once
CODE = "00ff00ff"


def file(**changes: object) -> str:
    """Return a small right file, with some of its parts replaced, written as `write` writes."""
    made = world(3)
    parts = json.loads(snake.write(made._replace(tickets=(), sets=())))
    parts["sessions"] = [
        {"number": 1, "seats": 3, "time": [0, 60, True]},
        {"number": 2, "seats": None, "time": None},
    ]
    parts["tickets"] = [ticket()]
    return json.dumps(parts | changes)


def ticket(**changes: object) -> dict[str, object]:
    """Return a right ticket, with some of its parts replaced."""
    return {"busy": [], "code": CODE, "more": [], "people": 1, "wishes": [2, 1]} | changes


def session(**changes: object) -> list[dict[str, object]]:
    """Return two sessions, the second with some of its parts replaced."""
    return [
        {"number": 1, "seats": 3, "time": [0, 60, True]},
        {"number": 2, "seats": None, "time": None} | changes,
    ]


BAD = {
    "empty": ("", "The file is not JSON"),
    "no JSON": ("{", "The file is not JSON"),
    "10 MB of one letter": ("x" * 10_000_000, "The file is not JSON"),
    "10 MB of brackets": ("[" * 10_000_000, "The file is not JSON"),
    "deep nesting in its place": (file(tickets=0).replace(": 0", ": " + "[" * 5_000 + "]" * 5_000), ""),
    "a number of 10,000 digits": (
        file(tickets=0).replace(": 0", ": " + "9" * 10_000),
        "The file is not JSON",
    ),
    "another kind": ("[]", "The file has to have these fields: closed_at, event,"),
    "a field too many": (file(name="Bob"), "The file has to have these fields"),
    "another rule": (file(rule="snake-2"), '"rule" has to be "snake-1"'),
    "a rule of lists": (file(rule=[]), '"rule" has to be "snake-1"'),
    "NaN": (file(most_seats=float("nan")), '"most_seats" has to be a whole number from 1'),
    "no end": (file(sessions=session(seats=float("inf"))), "Session 2: seats has to be a whole number"),
    "true for one": (file(most_seats=True), '"most_seats" has to be a whole number from 1'),
    "a fraction": (
        file(tickets=[ticket(people=1.0)]),
        "Ticket 1: people has to be a whole number from 1 to 4",
    ),
    "sessions as a text": (file(sessions="12"), '"sessions" has to be a list'),
    "tickets as an object": (file(tickets={}), '"tickets" has to be a list'),
    "a ticket as a list": (file(tickets=[[]]), "Ticket 1 has to have these fields"),
    "negative seats": (file(sessions=session(seats=-1)), "Session 2: seats has to be a whole number from 0"),
    "a session number twice": (file(sessions=session(number=1)), "Session 2 of the file has the number 1"),
    "an end before the start": (
        file(sessions=session(time=[9, 9, True])),
        "Session 2: time ends before it has begun",
    ),
    "a time without its third part": (
        file(sessions=session(time=[1, 2])),
        "Session 2: time has to be [start, end, ",
    ),
    "a duplicate code": (file(tickets=[ticket(), ticket()]), f"The ticket {CODE} is in the file 2 times"),
    "a code in capitals": (file(tickets=[ticket(code="00FF00FF")]), "Ticket 1: the code is not 8 to 64"),
    "a code and an end of line": (
        file(tickets=[ticket(code=CODE + "\n")]),
        "Ticket 1: the code is not 8 to 64",
    ),
    "a code that is a number": (file(tickets=[ticket(code=12345678)]), "Ticket 1: the code is not 8 to 64"),
    "five people": (
        file(tickets=[ticket(people=5)]),
        "Ticket 1: people has to be a whole number from 1 to 4",
    ),
    "nobody": (file(tickets=[ticket(people=0)]), "Ticket 1: people has to be a whole number from 1 to 4"),
    "an unknown session": (
        file(tickets=[ticket(wishes=[3])]),
        "Ticket 1: wishes: a session's number has to be a whole",
    ),
    "session zero": (
        file(tickets=[ticket(wishes=[0])]),
        "Ticket 1: wishes: a session's number has to be a whole",
    ),
    "a wish twice": (file(tickets=[ticket(wishes=[1, 2, 1])]), "Ticket 1: wishes name a session twice"),
    "a limit without its set": (
        file(tickets=[ticket(more=[1])]),
        'Ticket 1: "more" needs one number for each',
    ),
    "a set of an unknown session": (
        file(sets=[[7]]),
        "Set 1: a session's number has to be a whole number from 1 to 2",
    ),
    "a title that is none": (file(title=None), '"title" has to be a text'),
    "other spaces": (file(), "written otherwise"),
    "a field twice": (file()[:-1] + ', "title": "Other"}', "written otherwise"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_says_what_is_wrong(text, sentence):
    with pytest.raises(snake.BadFile) as refused:
        snake.read(text)
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 300
    assert str(refused.value).endswith((".", ")."))


def test_notices_any_changed_letter():
    text = snake.write(world(3))
    assert len(text) > 500
    for at in range(0, len(text), 7):
        changed = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
        assert snake.commitment(changed) != snake.commitment(text)
        assert snake.seed(changed, "1") != snake.seed(text, "1")


@pytest.mark.parametrize("content", [b"\xff\xfe", '{"title":"\u00fc"}'.encode(), None])
def test_says_which_file_cannot_be_read(content, tmp_path):
    path = tmp_path / "wishes.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(snake.BadFile, match=r"wishes\.json cannot be read: "):
        snake.load(str(path))
