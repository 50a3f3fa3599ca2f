"""Registrants: register, look up, change, cancel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registrations.actions import register_group
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.rules.groups import Member
from registrations.rules.people import Attendee
from tests.api.registering import (
    BOB,
    emails_in,
    nobody_is_registered,
    outcomes,
    register,
    registered,
    rows_of_every_table,
)
from tests.engine.acts import fill
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    at,
)


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def session(event):
    return SessionFactory(event=event, capacity=2)


def test_registers_with_sessions(api, event, session):
    response = register(api, event, [session])
    assert response.status_code == 201
    row = EventRegistration.objects.get()
    body = response.json()
    assert body | {"updated_at": "…"} == {
        "applied": True,
        "id": row.pk,
        "secure_id": str(row.uuid),
        "event_id": event.pk,
        "contact_id": row.contact_id,
        "email": "bob@example.com",
        "first_name": "Bob",
        "last_name": "Baker",
        "company": "",
        "job_title": "",
        "phone": "",
        "language": "",
        "registration_status": "confirmed",
        "pass_id": None,
        "order_id": None,
        "session_ids": [session.pk],
        "waitlisted_session_ids": [],
        "no_sessions": False,
        "position": None,
        "custom_fields": {},
        "past_capacity": False,
        "reason": "",
        "source": "api",
        "registered_by_id": None,
        "registered_at": row.registered_at.isoformat().replace("+00:00", "Z"),
        "cancelled_at": None,
        "no_show_at": None,
        "updated_at": "…",
        "lines": [{"session_id": session.pk, "outcome": "registered", "detail": "You have a seat"}],
    }
    assert [mail.kind for mail in Notification.objects.all()] == ["registered"]
    assert set(Activity.objects.values_list("actor", flat=True)) == {"Integrator"}


def test_says_who_registered_somebody(api, event, session):
    members = [Member(Attendee(f"{name}@example.com", name), [session]) for name in ("bob", "carol")]
    bob, carol = (one.registration for one in register_group(event, members).members)
    items = api.get(f"/registrants?event_id={event.pk}&sort=id").json()["items"]
    assert [(item["id"], item["registered_by_id"]) for item in items] == [(bob.pk, None), (carol.pk, bob.pk)]


def test_registers_by_form(api, event, session):
    other = SessionFactory(event=event)
    body = {**BOB, "event_id": event.pk, "session_ids": [session.pk, other.pk], "send_email": "0"}
    response = api.post("/registrants", body, form=True)
    assert response.status_code == 201
    assert response.json()["session_ids"] == [session.pk, other.pk]
    assert not Notification.objects.exists()


def test_answers_200_to_who_is_registered_and_applies_new_lines(api, event, session):
    rid = registered(api, event, [session])
    other = SessionFactory(event=event)
    response = register(api, event, [session, other], email=" BOB@example.com ", first_name="Robert")
    assert (response.status_code, response.json()["id"]) == (200, rid)
    assert outcomes(response) == {session.pk: "already", other.pk: "registered"}
    assert response.json()["first_name"] == "Bob"
    assert EventRegistration.objects.count() == 1


def test_waits_where_asked_for(api, event, session):
    fill(session)
    response = register(api, event, [session], waitlist=1)
    assert response.status_code == 201
    assert response.json()["waitlisted_session_ids"] == [session.pk]
    assert response.json()["lines"][0]["position"] == 1
    again = api.get(f"/registrants/{response.json()['id']}").json()
    assert [(line["outcome"], line["position"]) for line in again["lines"]] == [("waitlisted", 1)]


def test_refuses_newcomer_whole_when_nothing_is_to_be_had(api, event, session):
    fill(session)
    other = SessionFactory(event=event)
    before = rows_of_every_table()
    response = register(api, event, [session])
    assert response.status_code == 409
    line = response.json()["lines"][0]
    assert (response.json()["code"], line["outcome"], line["alternatives"]) == ("full", "full", [other.pk])
    assert rows_of_every_table() == before


def test_gives_what_can_be_had(api, event, session):
    fill(session)
    other = SessionFactory(event=event)
    response = register(api, event, [session, other], mode="best_effort")
    assert response.status_code == 201
    assert outcomes(response) == {session.pk: "full", other.pk: "registered"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event_id": 10**9}, "event_id"),
        ({"email": "nonsense"}, "email"),
        ({"first_name": "", "last_name": ""}, "first_name"),
        ({"first_name": "https://evil.example"}, "first_name"),
        ({"last_name": "x" * 101}, "last_name"),
        ({"session_ids": [10**9]}, "session_ids"),
        ({"session_ids": "1"}, "session_ids"),
        ({"pass_id": 10**9}, "pass_id"),
        ({"waitlist": "perhaps"}, "waitlist"),
        ({"custom_fields": {"c_1": "?"}}, "custom_fields"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_refuses_what_cannot_be(api, event, session, change, field):
    response = register(api, event, [session], **change)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert set(response.json()["fields"]) == {field}
    assert nobody_is_registered()


def test_refuses_session_of_another_event(api, event):
    response = register(api, event, [SessionFactory()])
    assert (response.status_code, set(response.json()["fields"])) == (422, {"session_ids"})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"publish_status": "draft"}, "not_live"),
        ({"registration_closes_at": at(0) - timedelta(days=3000)}, "closed"),
    ],
)
def test_refuses_event_that_is_not_open(api, session, settings, code):
    event = EventFactory(**settings)
    response = register(api, event, [SessionFactory(event=event)])
    assert (response.status_code, response.json()["code"]) == (409, code)
    assert nobody_is_registered()


# At the event level


def test_registers_for_whole_event(api):
    event = EventFactory(session_level=False, capacity=1)
    response = register(api, event)
    assert (response.status_code, response.json()["registration_status"]) == (201, "confirmed")
    assert register(api, event).status_code == 200
    full = register(api, event, email="carol@example.com")
    assert (full.status_code, full.json()["code"]) == (409, "full")
    waits = register(api, event, email="carol@example.com", waitlist=True)
    assert (waits.status_code, waits.json()["registration_status"], waits.json()["position"]) == (
        201,
        "waitlisted",
        1,
    )


def test_registers_with_pass(api):
    ticket = PassFactory(capacity=1)
    without = register(api, ticket.event)
    assert (without.status_code, set(without.json()["fields"])) == (422, {"pass_id"})
    response = register(api, ticket.event, pass_id=ticket.pk)
    assert (response.status_code, response.json()["pass_id"]) == (201, ticket.pk)
    sold_out = register(api, ticket.event, pass_id=ticket.pk, email="carol@example.com")
    assert (sold_out.status_code, sold_out.json()["code"]) == (409, "full")


def test_refuses_sessions_where_registrants_do_not_choose(api):
    event = EventFactory(session_level=False)
    response = register(api, event, [SessionFactory(event=event)])
    assert (response.status_code, response.json()["code"]) == (409, "wrong_level")
    assert nobody_is_registered()


# Past capacity


def test_override_needs_its_scope(api, event, session):
    response = register(api, event, [session], "?override_capacity_errors=1")
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    in_body = register(api, event, [session], override_capacity_errors=True)
    assert in_body.status_code == 403
    assert nobody_is_registered()


def test_overrides_capacity_of_several_sessions(api_client_of, event):
    desk = api_client_of("read write override", name="Badge desk")
    full = [SessionFactory(event=event, capacity=1) for _ in range(2)]
    for session in full:
        fill(session)
    free = SessionFactory(event=event, capacity=1)
    response = register(desk, event, [full[0], free, full[1]], "?override_capacity_errors=1")
    assert response.status_code == 201
    assert outcomes(response) == dict.fromkeys([full[0].pk, free.pk, full[1].pk], "registered")
    assert [line.get("over_by") for line in response.json()["lines"]] == [1, None, 1]
    seats = SessionRegistration.objects.filter(contact__email="bob@example.com").order_by("session_id")
    assert [(seat.is_past_capacity, seat.reason) for seat in seats] == [
        (True, "Badge desk"),
        (True, "Badge desk"),
        (False, "Badge desk"),
    ]
    told = Notification.objects.get(contact__email="bob@example.com")
    assert set(told.payload["session_ids"]) == {full[0].pk, free.pk, full[1].pk}


@pytest.mark.parametrize("query", ["", "&validate_only=1"])
def test_override_past_full_event_says_what_becomes_of_it(api_client_of, query):
    desk = api_client_of("read write override")
    event = EventFactory(capacity=0, waitlist_enabled=True)
    given = SessionFactory(event=event, selection_control="included")
    session = SessionFactory(event=event)
    response = register(desk, event, [session], f"?override_capacity_errors=1{query}")
    assert response.json()["registration_status"] == "confirmed"
    assert outcomes(response) == {session.pk: "registered"}
    assert emails_in(given) == ([] if query else ["bob@example.com"])


def test_overrides_capacity_for_newcomer_and_keeps_the_reason(api_client_of, event, session):
    desk = api_client_of("read write override")
    fill(session)
    response = register(desk, event, [session], "?override_capacity_errors=1&reason=Speaker")
    assert response.status_code == 201
    seat = SessionRegistration.objects.get(contact__email="bob@example.com")
    assert (seat.is_past_capacity, seat.reason) == (True, "Speaker")
    assert Activity.objects.get(verb="added_past_capacity").reason == "Speaker"


def test_overrides_capacity_of_event(api_client_of):
    desk = api_client_of("read write override")
    event = EventFactory(session_level=False, capacity=0)
    response = register(desk, event, (), "?override_capacity_errors=1")
    assert (response.status_code, response.json()["past_capacity"]) == (201, True)


def test_override_never_passes_hard_limit(api_client_of, event, session):
    desk = api_client_of("read write override")
    fill(session)
    session.seats.hard_limit = 2
    session.seats.save(update_fields=["hard_limit"])
    response = register(desk, event, [session], "?override_capacity_errors=1")
    assert (response.status_code, response.json()["code"]) == (409, "hard_limit")
    assert "bob@example.com" not in emails_in(session)


def test_override_never_passes_clash(api_client_of, event):
    desk = api_client_of("read write override")
    first, second = (
        SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11)) for _ in range(2)
    )
    registered(desk, event, [first])
    response = register(desk, event, [second], "?override_capacity_errors=1")
    assert response.status_code == 409
    assert response.json()["lines"][0] == {
        "session_id": second.pk,
        "outcome": "conflict",
        "detail": f"Overlaps {first.name}.",
        "conflicts_with": [first.pk],
    }


# Previews


@pytest.mark.parametrize("is_full", [False, True])
def test_dry_run_says_the_same_and_changes_nothing(api, event, session, is_full):
    if is_full:
        fill(session)
    other = SessionFactory(event=event)
    before = rows_of_every_table()
    tried = register(api, event, [session, other], "?validate_only=1", mode="best_effort")
    assert rows_of_every_table() == before
    assert tried.status_code == 200
    done = register(api, event, [session, other], mode="best_effort")
    assert tried.json()["lines"] == done.json()["lines"]


def test_dry_run_of_override_says_the_same(api_client_of, event, session):
    desk = api_client_of("read write override")
    fill(session)
    before = rows_of_every_table()
    query = "?override_capacity_errors=1"
    tried = register(desk, event, [session], query + "&validate_only=1")
    assert rows_of_every_table() == before
    assert tried.json()["lines"] == register(desk, event, [session], query).json()["lines"]


@pytest.mark.parametrize(
    ("capacity", "waitlist", "status", "word"),
    [(1, 0, 200, "confirmed"), (0, 1, 200, "waitlisted"), (0, 0, 409, None)],
)
def test_dry_run_for_whole_event(api, capacity, waitlist, status, word):
    event = EventFactory(session_level=False, capacity=capacity)
    tried = register(api, event, (), "?validate_only=1", waitlist=waitlist)
    assert (tried.status_code, tried.json().get("registration_status")) == (status, word)
    assert nobody_is_registered()


# One registrant


def test_changes_names_and_answers(api, event, session):
    question = CustomRegistrationFieldFactory(event=event, label="Diet")
    rid = registered(api, event, [session], custom_fields={f"c_{question.pk}": "Vegan"})
    response = api.patch(f"/registrants/{rid}", {"first_name": "Robert"})
    assert response.status_code == 200
    body = response.json()
    assert (body["first_name"], body["last_name"]) == ("Robert", "Baker")
    assert body["custom_fields"] == {f"c_{question.pk}": "Vegan"}
    changed = api.patch(f"/registrants/{rid}", {"custom_fields": {f"c_{question.pk}": "None"}})
    assert changed.json()["custom_fields"] == {f"c_{question.pk}": "None"}


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("yes_no", True, True),
        ("yes_no", "no", False),
        ("number", 3, 3),
        ("number", "2.5", 2.5),
        ("date", "2031-05-05", "2031-05-05"),
        ("single_choice", "Red", "Red"),
        ("multiple_choice", ["Red", "Blue"], ["Red", "Blue"]),
    ],
)
def test_keeps_answer_of_kind(api, event, session, kind, given, kept):
    choices = "Red\nBlue" if "choice" in kind else ""
    question = CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices)
    response = register(api, event, [session], custom_fields={f"c_{question.pk}": given})
    assert response.status_code == 201, response.content
    assert response.json()["custom_fields"] == {f"c_{question.pk}": kept}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("yes_no", 3),
        ("number", "many"),
        ("number", [1]),
        ("date", "tomorrow"),
        ("date", {}),
        ("single_choice", "Green"),
        ("multiple_choice", "Red"),
        ("multiple_choice", ["Red", {}]),
        ("text", None),
        ("text", "a\x00b"),
    ],
)
def test_refuses_answer_of_kind(api, event, session, kind, given):
    choices = "Red\nBlue" if "choice" in kind else ""
    question = CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices)
    response = register(api, event, [session], custom_fields={f"c_{question.pk}": given})
    assert (response.status_code, set(response.json()["fields"])) == (422, {"custom_fields"})
    assert nobody_is_registered()


def test_cancels_everything_once(api, event, session):
    rid = registered(api, event, [session])
    assert api.delete(f"/registrants/{rid}?reason=Ill&send_email=0").status_code == 204
    assert api.delete(f"/registrants/{rid}").status_code == 204
    body = api.get(f"/registrants/{rid}").json()
    assert (body["registration_status"], body["session_ids"]) == ("cancelled", [])
    assert EventRegistration.objects.get().cancel_reason == "Ill"
    assert [mail.kind for mail in Notification.objects.all()] == ["registered"]
    again = registered(api, event, [session])
    assert again != rid


def test_hides_what_belongs_to_others(api, api_client_of, event, session):
    rid = registered(api, event, [session])
    stranger = api_client_of(events=[EventFactory()])
    before = rows_of_every_table()
    path = f"/registrants/{rid}"
    answers = [
        stranger.get(path),
        stranger.patch(path, {"first_name": "X"}),
        stranger.delete(path),
        stranger.post(f"{path}/session/{session.pk}"),
        stranger.delete(f"{path}/session/{session.pk}"),
        stranger.post(f"{path}/agenda", {"drop": [session.pk]}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert register(stranger, event, [session]).status_code == 422
    assert stranger.get("/registrants").json()["items"] == []
    assert rows_of_every_table() == before


def test_reading_needs_read_and_writing_needs_write(api_client_of, event, session):
    reader, writer = api_client_of("read"), api_client_of("write")
    assert register(reader, event, [session]).status_code == 403
    assert writer.get("/registrants").status_code == 403
    assert nobody_is_registered()
