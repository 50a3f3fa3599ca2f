"""Records sent back as they were read, forms in parts, and speakers by other systems' words."""

from __future__ import annotations

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from events.models import CustomRegistrationField
from registrations.models import RegistrationResponse
from sessions_app.models import Speaker
from tests.api.registering import BOB, rows_of_every_table
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    LayoutFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def whole(event):
    """One row of each kind that is written, with as much as it may have."""
    layout = LayoutFactory(capacity=40)
    track, speaker = SessionTrackFactory(event=event), SpeakerFactory(event=event, name="Ada Moore")
    session = SessionFactory(event=event, track=track, room=layout.room, building=layout.room.building)
    session.speakers.add(speaker)
    event_pass = PassFactory()
    return {
        "events": event,
        "sessions": session,
        "tracks": track,
        "speakers": speaker,
        "locations": layout.room,
        "passes": event_pass,
    }


def parts(values):
    """A form in parts; a list by the name that PHP gives it."""
    spelled = {(f"{name}[]" if isinstance(value, list) else name): value for name, value in values.items()}
    return encode_multipart(BOUNDARY, spelled)


def send(api, path, values, method="post", kind=MULTIPART_CONTENT, **headers):
    """Send a form in parts, or something that only says so."""
    body = values if isinstance(values, bytes) else parts(values)
    named = {"Authorization": f"Bearer {api.token}", **headers}
    return api.browser.generic(method.upper(), f"/api/v1{path}", body, kind, headers=named)


# A record sent back


@pytest.mark.parametrize("kind", ["events", "sessions", "tracks", "speakers", "locations", "passes"])
def test_a_record_sent_back_changes_nothing(api, whole, kind):
    path = f"/{kind}/{whole[kind].pk}"
    record, before = api.get(path).json(), rows_of_every_table()
    answer = api.put(path, record)
    assert answer.status_code == 200, answer.content
    assert api.get(path).json() == record
    after = rows_of_every_table()
    assert {name for name, rows in after.items() if rows != before[name]} == set()


# Forms in parts


def test_takes_forms_in_parts_wherever_it_takes_forms(api, event):
    question = CustomRegistrationFieldFactory(
        event=event, kind=CustomRegistrationField.Kind.MULTIPLE, choices="Tea\nCoffee"
    )
    days = {"start": "2031-06-01T09:00", "end": "2031-06-01T18:00"}
    assert send(api, "/events", {"name": "Añejo", "slug": "anejo", **days}).json()["name"] == "Añejo"
    of_event = {"event_id": event.pk, "name": "Knots"}
    session = send(api, "/sessions", {**of_event, "date": "2031-05-05", "capacity": 5}).json()
    assert session["capacity"] == 5
    assert send(api, "/tracks", of_event).status_code == 201
    assert send(api, "/speakers", of_event).status_code == 201
    answer = send(
        api,
        "/registrants",
        {
            **BOB,
            "event_id": event.pk,
            "session_ids": [session["id"]],
            f"c_{question.pk}": ["Tea", "Coffee"],
        },
    )
    assert (answer.status_code, answer.json()["session_ids"]) == (201, [session["id"]])
    assert RegistrationResponse.objects.get().value == ["Tea", "Coffee"]
    where = f"/registrants/{answer.json()['id']}"
    assert send(api, where, {"company": "Baker & Söhne"}, "patch").json()["company"] == "Baker & Söhne"
    assert send(api, f"{where}/agenda", {"drop": [session["id"]]}).json()["applied"] is True
    assert send(api, "/check-ins", {"registrant_id": answer.json()["id"]}).status_code == 201


def test_a_form_in_parts_is_repeated_safely(api, event):
    body, key = {**BOB, "event_id": event.pk}, {"Idempotency-Key": "bob"}
    answers = [send(api, "/registrants", body, **key) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"nothing of the kind", MULTIPART_CONTENT, 422),
        (b"x", "multipart/form-data", 400),
        (encode_multipart(BOUNDARY, {"first_name": "x"}).replace(b"x", b"\xff"), MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"no_such_field": "1"}), MULTIPART_CONTENT, 422),
    ],
)
def test_refuses_what_is_no_form(api, event, body, kind, status):
    before = rows_of_every_table()
    assert send(api, "/registrants", body, kind=kind).status_code == status
    assert rows_of_every_table() == before


def test_takes_no_file(api, event, tmp_path):
    photo = tmp_path / "face.txt"
    photo.write_text("face")
    with photo.open("rb") as opened:
        answer = send(api, "/registrants", {**BOB, "event_id": event.pk, "photo": opened})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"photo"})


def test_gives_tokens_for_a_form_in_parts(client, api):
    named = {"client_id": api.client.client_id, "client_secret": "sw_secret"}
    answer = client.post("/oauth2/token", {"grant_type": "client_credentials", **named})
    assert answer.status_code == 200, answer.content


# Speakers

THEIRS = {"email": "ada@example.org", "company": "Harbour Locks", "job_title": "Engineer"}


@pytest.mark.parametrize(
    ("said", "name", "parts_said"),
    [
        ({"first_name": "Ada", "last_name": "Moore"}, "Ada Moore", ("Ada", "Moore")),
        (
            {"first_name": "Ana María", "last_name": "de la Cruz"},
            "Ana María de la Cruz",
            ("Ana María", "de la Cruz"),
        ),
        ({"first_name": "Cher"}, "Cher", ("Cher", "")),
        ({"last_name": "Plato"}, "Plato", ("", "Plato")),
        ({"name": "Ada B. Moore"}, "Ada B. Moore", ("Ada B.", "Moore")),
        ({"name": "Ada Moore", "first_name": "Ada", "last_name": "Moore"}, "Ada Moore", ("Ada", "Moore")),
    ],
)
def test_reads_and_writes_speakers_by_both_words(api, event, said, name, parts_said):
    answer = api.post("/speakers", {"event_id": event.pk, **said, **THEIRS, "bio": "Builds **locks**."})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["name"], (made["first_name"], made["last_name"])) == (name, parts_said)
    assert {key: made[key] for key in THEIRS} == THEIRS
    assert made["bio"] == made["biography"] == "Builds **locks**."
    assert [row["id"] for row in api.get("/speakers", search="email=ADA@example.org").json()["items"]] == [
        made["id"]
    ]


@pytest.mark.parametrize(
    ("change", "name", "biography"),
    [
        ({"first_name": "Augusta"}, "Augusta Moore", "Old"),
        ({"last_name": ""}, "Ada", "Old"),
        ({"name": "Grace Hopper"}, "Grace Hopper", "Old"),
        ({"bio": "New"}, "Ada Moore", "New"),
        ({"biography": "New"}, "Ada Moore", "New"),
    ],
)
def test_what_is_another_in_a_record_sent_back_counts(api, event, change, name, biography):
    made = api.post(
        "/speakers", {"event_id": event.pk, "first_name": "Ada", "last_name": "Moore", "bio": "Old"}
    ).json()
    for body in (change, {**made, **change}):
        api.put(f"/speakers/{made['id']}", made)
        now = api.put(f"/speakers/{made['id']}", body).json()
        assert (now["name"], now["biography"], now["bio"]) == (name, biography, biography)
        assert f"{now['first_name']} {now['last_name']}".strip() == name


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"first_name": " ", "last_name": ""}, "first_name"),
        ({"name": "Ada Moore", "first_name": "Grace"}, "name"),
        ({"name": "Ada", "bio": "One", "biography": "Another"}, "bio"),
        ({"name": "Ada", "email": "nonsense"}, "email"),
        ({"first_name": "www.evil.example"}, "first_name"),
    ],
)
def test_refuses_speakers_that_cannot_be(api, event, said, field):
    answer = api.post("/speakers", {"event_id": event.pk, **said})
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["fields"]
    assert not Speaker.objects.exists()


def test_a_name_written_elsewhere_outweighs_its_parts(api, event):
    made = api.post("/speakers", {"event_id": event.pk, "first_name": "Ada", "last_name": "Moore"}).json()
    Speaker.objects.update(name="Augusta Ada King")
    now = api.get(f"/speakers/{made['id']}").json()
    assert (now["first_name"], now["last_name"]) == ("Augusta Ada", "King")
