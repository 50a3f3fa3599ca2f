"""`manage.py check_draw`: says plainly whether the published files agree."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from registrations.draw import snake
from tests.draw.worlds import world

pytestmark = pytest.mark.once
NUMBER = "7 12 31"


@pytest.fixture
def files(tmp_path):
    """Write the files of a draw; return the wishes', the decisions' and the commitment."""
    text = snake.write(world(11))
    decisions = snake.decisions_text(snake.decide(world(11), snake.seed(text, NUMBER)))
    wishes, decided = tmp_path / "wishes.json", tmp_path / "decisions.json"
    wishes.write_bytes(text.encode())
    decided.write_bytes(decisions.encode())
    return wishes, decided, snake.commitment(text)


def check(*arguments: object, **options: object) -> str:
    """Run the command; return what it says."""
    said = io.StringIO()
    call_command("check_draw", *map(str, arguments), stdout=said, **options)
    return said.getvalue()


def test_says_that_all_agrees(files):
    wishes, decisions, commitment = files
    said = check(wishes, " 7  12 31", commitment=commitment.upper(), decisions=str(decisions))
    count = decisions.read_text().count("\n") - 3
    assert f"The same {count:,} decisions, to the byte." in said
    assert "The file of wishes is the one whose commitment was published." in said
    assert f"{count:,} decisions. Name the published ones" in check(wishes, NUMBER)


def test_notices_changed_letter(files):
    wishes, decisions, commitment = files
    right = wishes.read_bytes()
    wishes.write_bytes(right.replace(b"The lottery", b"the lottery", 1))
    with pytest.raises(CommandError, match="not the one whose commitment was published"):
        check(wishes, NUMBER, commitment=commitment)
    wishes.write_bytes(right)
    changed = decisions.read_bytes().replace(b'"full"', b'"given"', 1)
    decisions.write_bytes(changed)
    with pytest.raises(
        CommandError, match=r"Line \d+ says “\[.*\"given\"\],” *, and comes out as “\[.*\"full\"\],”"
    ):
        check(wishes, NUMBER, decisions=str(decisions))
    decisions.write_bytes(changed[:30])
    with pytest.raises(CommandError, match="are not what comes out"):
        check(wishes, NUMBER, decisions=str(decisions))


def test_says_which_number_or_file_is_wrong(files):
    wishes, _, _ = files
    with pytest.raises(CommandError, match="The public number is empty"):
        check(wishes, " ")
    with pytest.raises(CommandError, match="cannot be read: "):
        check(wishes.parent / "none.json", NUMBER)
    wishes.write_bytes(b"[" * 100_000)
    with pytest.raises(CommandError, match="The file is not JSON that can be read"):
        check(wishes, NUMBER)
