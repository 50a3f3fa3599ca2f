"""The public page of a draw: its terms, its commitment, its result and the files to check it with."""

from __future__ import annotations

from html import unescape

import pytest
import time_machine
from django.urls import reverse

from registrations.draw import snake
from registrations.models import Draw, DrawDecision, Ticket
from tests.draw.published import NUMBER, SOURCE, planned, published
from tests.factories import at
from tests.website.clicks import text

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FILES = ("draw_wishes", "draw_decisions", "draw_script")


def page(client, draw, **query):
    answer = client.get(reverse("draw_of", args=["harbour", draw.uuid]), query)
    assert answer.status_code == 200
    return unescape(text(answer))


def statuses(client, draw):
    return {client.get(reverse(name, args=["harbour", draw.uuid])).status_code for name in FILES}


@pytest.mark.parametrize(
    ("hour", "words", "on_event_page"),
    [
        (0, "Wishes can be said from", "Wishes can be said from"),
        (1, "Wishes can be said and changed until", "Wishes can be said and changed until"),
        (
            2,
            "Wishes are closed. As soon as the public number",
            "Wishes are closed. The result comes by mail.",
        ),
    ],
)
def test_page_says_how_it_stands_before_the_result(client, event, hour, words, on_event_page):
    draw = planned(event, most_seats=2)
    with time_machine.travel(at(hour, 30), tick=False):
        said, of_event = page(client, draw), text(client.get("/harbour/"))
    assert words in said
    assert on_event_page in of_event
    for each in ("your order counts", SOURCE, "3 sessions are drawn", "Ropes", "more than 2 sessions"):
        assert each in said
    assert "It stands here as soon as wishes are closed" in said
    assert "Check it yourself" not in said
    assert statuses(client, draw) == {404}


def test_page_tells_commitment_and_number_and_keeps_the_files(client, event):
    draw = planned(event)
    frozen = {"state": "frozen", "frozen_at": at(2), "commitment": "c0ffee", "frozen_file": "{}"}
    Draw.objects.filter(pk=draw.pk).update(**frozen)
    assert "c0ffee" in page(client, draw)
    Draw.objects.filter(pk=draw.pk).update(state="drawn", drawn_at=at(3), public_number="7", seed="5eed")
    said = page(client, draw)
    assert "5eed" in said
    assert "The result is published soon." in said
    assert statuses(client, draw) == {404}
    Draw.objects.filter(pk=draw.pk).update(state="cancelled", cancelled_at=at(4))
    assert "This draw was cancelled" in page(client, draw)
    assert "c0ffee" in page(client, draw)


def test_cancelled_before_anything_was_committed_to_has_no_page(client, event):
    draw = planned(event, state="cancelled", cancelled_at=at(1))
    assert client.get(reverse("draw_of", args=["harbour", draw.uuid])).status_code == 404
    assert client.get(reverse("draw", args=["harbour"])).status_code == 404
    assert "Seats by draw" not in text(client.get("/harbour/"))


def test_files_are_those_by_which_it_was_decided(client, event):
    draw = published(event)
    answers = [client.get(reverse(name, args=["harbour", draw.uuid])) for name in FILES]
    wishes, decisions, script = (answer.content.decode() for answer in answers)
    assert wishes == draw.frozen_file
    assert decisions == snake.decisions_text(snake.decide(snake.read(wishes), snake.seed(wishes, NUMBER)))
    namespace = {"__name__": "snake"}
    exec(compile(script, "snake.py", "exec"), namespace)
    again = namespace["decide"](namespace["read"](wishes), namespace["seed"](wishes, NUMBER))
    assert namespace["decisions_text"](again) == decisions
    assert [answer["Content-Disposition"] for answer in answers] == [
        f'attachment; filename="{name}"' for name in ("wishes.json", "decisions.json", "snake.py")
    ]
    # What was carried out is what is published, whatever the rule would say.
    DrawDecision.objects.filter(draw=draw, verdict="given").update(verdict="full")
    Draw.objects.filter(pk=draw.pk).update(seed="0" * 64)
    assert (
        '"given"' not in client.get(reverse("draw_decisions", args=["harbour", draw.uuid])).content.decode()
    )


def test_files_travel_small_and_once(client, event):
    address = reverse("draw_decisions", args=["harbour", published(event).uuid])
    plain, packed = client.get(address), client.get(address, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content)
    kept = client.get(address, headers={"if-none-match": plain["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_page_shows_result_and_a_ticket(client, event):
    draw = published(event)
    said = page(client, draw)
    for words in (
        NUMBER,
        draw.commitment,
        draw.seed,
        "80 %",
        "snake.py wishes.json '7 12 31'",
        "Check it yourself",
    ):
        assert words in said
    first = Ticket.objects.get(draw=draw, place=1)
    found = page(client, draw, ticket=f" {first.code.upper()} ")
    assert "Number 1 of 5 in the drawn order" in found
    assert "Knots" in found
    for code in ("0" * 16, "x'\"<b>", "\x00", "g" * 5_000):
        assert "No ticket of this draw has this code" in page(client, draw, ticket=code)
    assert "Look up a ticket" in found


def test_newest_draw_names_the_others(client, event):
    older = published(event)
    newer = planned(event, name="Second choice", opens_at=at(5), closes_at=at(6))
    answer = client.get(reverse("draw", args=["harbour"]))
    assert answer.context["draw"] == newer
    assert reverse("draw_of", args=["harbour", older.uuid]) in answer.content.decode()
    assert (
        client.get(reverse("draw_of", args=["harbour", "00000000-0000-4000-8000-000000000000"])).status_code
        == 404
    )


def test_number_is_never_run_by_a_shell(client, event):
    draw = published(event)
    Draw.objects.filter(pk=draw.pk).update(public_number="$(id) ' `id`")
    assert """wishes.json '$(id) '"'"' `id`' > mine.json""" in page(client, draw)


@pytest.mark.parametrize("people", [1, 30])
def test_page_asks_as_often_for_many_as_for_one(client, event, people, django_assert_num_queries):
    draw = published(event, people)
    code = Ticket.objects.filter(draw=draw).first().code
    page(client, draw, ticket=code)
    with django_assert_num_queries(4):
        page(client, draw, ticket=code)
