"""The search of a programme: forty things that people type, each with what they mean, on both databases."""

from __future__ import annotations

import pytest
from django.test import Client

from events.models import Event
from events.ranking import Index, excerpt, is_one_letter_off, marked, not_among
from sessions_app.models import Session
from tests.factories import RoomFactory, SessionFactory, SessionTrackFactory, SpeakerFactory
from tests.website.clicks import listed, text

# Title, speakers, track, room, description.
PROGRAMME = [
    ("Rust for sailors", "Björn Ångström", "Languages", "Great Dock", "Ownership without tears."),
    ("Building trust in open source", "Ana Díaz", "Community", "Great Dock", "Why people stay."),
    ("Embedded Rust on the quay", "José Núñez", "Hardware", "Janson", "Drivers, and a lot of soldering."),
    ("Keynote: seamanship", "Grace O'Malley", "Main", "Janson", "Rust never sleeps, she says."),
    ("Practical seamanship", "Zoë Łukasik", "Main", "K.1.105", "Knots, tides and weather."),
    ("Knots under load", "Søren Kierk", "Workshops", "K.1.105", "Bring a rope."),
    ("PostgreSQL at sea", "Müller, Jürgen", "Databases", "H.1301", "Replication over a bad link."),
    ("SQLite everywhere", "Ana Díaz", "Databases", "H.1301", "One file; PostgreSQL is compared."),
    ("C++ and you", "Nguyễn Văn An", "Languages", "H.2215", "Modern C++ for old hands."),
    ("Français pour débutants", "Amélie Noël", "Languages", "H.2215", "Cours d'été."),
    ("Kubernetes: the good parts", "Postma", "Cloud", "Janson", "Containers in harbour."),
    ("Container ships", "Grete Hansen", "Harbour", "Great Dock", "Steel, not software."),
    ("日本語のプログラミング", "山田太郎", "Languages", "H.2215", "日本語で。"),
    ("Привет, мир", "Ольга Ёлкина", "Languages", "AW1.120", "Первые шаги."),
    ("Testing in production", "Testa Rossa", "Quality", "AW1.120", "Nobody admits it."),
    ("Lightning talks", "", "Main", "Janson", "Five minutes each, on whatever."),
]
QUERIES = [
    ("rust", "Rust for sailors"),
    ("RUST", "Rust for sailors"),
    ("rus", "Rust for sailors"),
    ("embedded rust", "Embedded Rust on the quay"),
    ("rust sleeps", "Keynote: seamanship"),
    ("trust", "Building trust in open source"),
    ("bjorn", "Rust for sailors"),
    ("Björn", "Rust for sailors"),
    ("angstrom", "Rust for sailors"),
    ("jose", "Embedded Rust on the quay"),
    ("nunez", "Embedded Rust on the quay"),
    ("seamanship", "Keynote: seamanship"),
    ("practical", "Practical seamanship"),
    ("seamanshp", "Keynote: seamanship"),
    ("practcial seamanship", "Practical seamanship"),
    ("zoe", "Practical seamanship"),
    ("lukasik", "Practical seamanship"),
    ("knots", "Knots under load"),
    ("knosts", "Knots under load"),
    ("soren", "Knots under load"),
    ("rope", "Knots under load"),
    ("postgresql", "PostgreSQL at sea"),
    ("postgres", "PostgreSQL at sea"),
    ("postgers", "PostgreSQL at sea"),
    ("muller", "PostgreSQL at sea"),
    ("mueller", "PostgreSQL at sea"),
    ("diaz databases", "SQLite everywhere"),
    ("postgresql compared", "SQLite everywhere"),
    ("c++", "C++ and you"),
    ("nguyen van", "C++ and you"),
    ("francais", "Français pour débutants"),
    ("noel", "Français pour débutants"),
    ("kubernets", "Kubernetes: the good parts"),
    ("container", "Container ships"),
    ("日本語", "日本語のプログラミング"),
    ("プログラ", "日本語のプログラミング"),
    ("привет", "Привет, мир"),
    ("елкина", "Привет, мир"),
    ("test", "Testing in production"),
    ("janson main", "Keynote: seamanship"),
]
NOTHING = ["zebra", "ust", "rust zebra", "ot", "trus t0", "%", "_", "*", "'; drop table", "\u06e5"]


@pytest.fixture
def programme(event: Event) -> None:
    rooms = {name: RoomFactory(name=name) for name in {row[3] for row in PROGRAMME}}
    tracks = {name: SessionTrackFactory(event=event, name=name) for name in {row[2] for row in PROGRAMME}}
    for name, speaker, track, room, description in PROGRAMME:
        session = SessionFactory(
            event=event, name=name, track=tracks[track], room=rooms[room], description=description
        )
        if speaker:
            session.speakers.add(SpeakerFactory(event=event, name=speaker))


def found(client: Client, words: str, **more: str) -> list[str]:
    return [seat.session.name for seat in listed(client.get("/harbour/sessions/", {"q": words, **more}))]


@pytest.mark.django_db
def test_what_people_type_finds_first_what_they_mean(client: Client, programme: None) -> None:
    assert len(QUERIES) == 40
    first = {words: (found(client, words) or [""])[0] for words, _meant in QUERIES}
    assert first == dict(QUERIES)
    assert {words: found(client, words) for words in NOTHING} == {words: [] for words in NOTHING}


@pytest.mark.django_db
def test_title_goes_before_speaker_before_text_and_never_inside_a_word(
    client: Client, programme: None
) -> None:
    assert found(client, "rust") == ["Rust for sailors", "Embedded Rust on the quay", "Keynote: seamanship"]
    assert found(client, "test") == ["Testing in production"]
    assert found(client, "container") == ["Container ships", "Kubernetes: the good parts"]
    # “Postma” only begins so, as the titles do: the title still goes first.
    assert found(client, "post") == ["PostgreSQL at sea", "Kubernetes: the good parts", "SQLite everywhere"]


@pytest.mark.django_db
def test_filters_hold_for_what_is_found_and_the_words_are_marked(client: Client, programme: None) -> None:
    assert found(client, "rust", track="Hardware") == ["Embedded Rust on the quay"]
    Session.objects.filter(name="Rust for sailors").update(session_status="approved")
    assert found(client, "rust")[0] == "Embedded Rust on the quay"
    page = client.get("/harbour/sessions/", {"q": "embeded nunez"})
    assert "Embedded <mark>" not in page.content.decode()
    for words in ("<mark>Embedded</mark> Rust on the quay", "José <mark>Núñez</mark>"):
        assert words in page.content.decode()
    assert "Best matches first" in text(page)
    assert "Mon 5 May" in text(page)


@pytest.mark.django_db
def test_what_only_the_description_says_is_shown_of_it(client: Client, programme: None) -> None:
    Session.objects.filter(name="Knots under load").update(description="**Bring** a rope & <b>gloves</b>.")

    def excerpts(words: str) -> dict[str, str]:
        page = client.get("/harbour/sessions/", {"q": words})
        return {seat.session.name: seat.excerpt for seat in listed(page) if seat.excerpt}

    assert excerpts("rope") == {"Knots under load": "Bring a <mark>rope</mark> &amp; gloves."}
    assert excerpts("knots gloves") == {
        "Knots under load": "Bring a rope &amp; <mark>gloves</mark>.",
    }
    assert excerpts("soldreing") == {
        "Embedded Rust on the quay": "Drivers, and a lot of <mark>soldering</mark>."
    }
    # What title, speaker, track or room say needs no more.
    assert excerpts("jose") == excerpts("databases") == excerpts("janson main") == {}
    page = client.get("/harbour/sessions/", {"q": "rope"}).content.decode()
    assert '<p class="session-excerpt" dir="auto">Bring a <mark>rope</mark> &amp; gloves.</p>' in page


@pytest.mark.once
def test_excerpt_is_a_line_around_the_word() -> None:
    long = f"{'before ' * 30}Rust {'after ' * 30}"
    line = excerpt(long, ["rust"])
    assert line.startswith("…before")
    assert line.endswith("after…")
    assert "<mark>Rust</mark>" in line
    assert len(line) < 180
    assert excerpt(f"{'x' * 300}", ["rust"]) == ""
    assert excerpt("Rust", ["rust"]) == "<mark>Rust</mark>"
    assert excerpt("a <i> & rust", ["rust"]) == "a &lt;i&gt; &amp; <mark>rust</mark>"
    assert excerpt("rust " + "y" * 300, ["rust"]).startswith("<mark>rust</mark>")
    assert not_among(["rust", "knot"], "Knots and trust") == ("rust",)


@pytest.mark.once
@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("knots", "knot", True),
        ("knots", "knotss", True),
        ("knots", "knits", True),
        ("knots", "konts", True),
        ("knots", "knots", False),
        ("knots", "kites", False),
        ("knots", "stonk", False),
        ("knots", "kno", False),
    ],
)
def test_one_letter_off(one: str, other: str, is_near: bool) -> None:
    assert is_one_letter_off(one, other) is is_near
    assert is_one_letter_off(other, one) is is_near


@pytest.mark.once
def test_what_is_marked_is_escaped() -> None:
    assert marked("<b>Rust</b> & trust", ("rust",)) == "&lt;b&gt;<mark>Rust</mark>&lt;/b&gt; &amp; trust"
    assert marked("<b>", ()) == "&lt;b&gt;"


@pytest.mark.once
def test_eight_words_are_looked_for_and_short_ones_are_not_forgiven() -> None:
    rows = [(1, ["a b c d e f g h"]), (2, ["cat"])]
    assert Index(rows).best_first("a b c d e f g h nothing").keys == [1]
    assert Index(rows).best_first("cot").keys == []
    assert Index(rows).best_first(" ").keys == [1, 2]
