"""People without sessions, and several sessions of which one cannot be had: what is answered is what was done."""

from __future__ import annotations

import pytest

from events.models import Event
from registrations.models import EventRegistration, SessionRegistration
from tests.api.registering import (
    emails_in,
    nobody_is_registered,
    outcomes,
    register,
    registered,
    rows_of_every_table,
)
from tests.engine.acts import fill
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
OVERRIDE = "?override_capacity_errors=1"


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def open_one(event):
    return SessionFactory(event=event)


@pytest.fixture
def full(event):
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    return session


class TestWithoutSessions:
    def test_creates_person_then_adds_sessions_one_by_one(self, api, event, open_one):
        answer = register(api, event)
        body = answer.json()
        assert (answer.status_code, body["applied"], body["session_ids"], body["lines"]) == (
            201,
            True,
            [],
            [],
        )
        assert (body["registration_status"], body["no_sessions"]) == ("confirmed", True)
        path = f"/registrants/{body['id']}"
        assert api.post(f"{path}/session/{open_one.pk}").json()["success"] is True
        assert api.get(path).json()["no_sessions"] is False
        api.delete(f"{path}/session/{open_one.pk}")
        assert api.get(path).json()["no_sessions"] is True
        api.delete(path)
        assert api.get(path).json()["no_sessions"] is False

    def test_takes_body_that_does_not_name_them(self, api, event):
        body = {"event_id": event.pk, "email": "eve@example.com", "first_name": "Eve"}
        assert api.post("/registrants", body).status_code == 201

    def test_lists_them_apart(self, api, event, open_one):
        none = registered(api, event)
        some = registered(api, event, [open_one], email="eve@example.com")
        for wanted, found in ((1, [none]), (0, [some])):
            rows = api.get("/registrants", no_sessions=wanted).json()["items"]
            assert [row["id"] for row in rows] == found

    def test_refuses_where_event_asks_other_systems_for_sessions(self, api, event, open_one):
        Event.objects.update(sessions_required_by_api=True)
        before = rows_of_every_table()
        answer = register(api, event)
        assert (answer.status_code, answer.json()["code"]) == (409, "sessions_required")
        assert rows_of_every_table() == before
        assert register(api, event, [open_one]).status_code == 201

    def test_setting_is_written_and_read(self, api, event):
        path = f"/events/{event.pk}"
        assert (
            api.get(path).json()["sessions_required"],
            api.get(path).json()["sessions_required_by_api"],
        ) == (1, 0)
        assert api.patch(path, {"sessions_required_by_api": 1}).json()["sessions_required_by_api"] == 1

    def test_waits_for_full_event_only_where_asked(self, api):
        event = EventFactory(capacity=0)
        assert register(api, event).json()["code"] == "full"
        assert nobody_is_registered()


class TestSeveralSessions:
    def test_gives_all_or_nothing_by_default(self, api, event, open_one, full):
        before = rows_of_every_table()
        answer = register(api, event, [open_one, full])
        assert (answer.status_code, answer.json()["code"], answer.json()["applied"]) == (409, "full", False)
        assert outcomes(answer) == {open_one.pk: "registered", full.pk: "full"}
        assert rows_of_every_table() == before

    def test_says_that_it_gave_a_part(self, api, event, open_one, full):
        answer = register(api, event, [open_one, full], mode="best_effort")
        assert (answer.status_code, answer.json()["applied"]) == (201, "partly")
        assert answer.json()["session_ids"] == [open_one.pk]

    @pytest.mark.parametrize("mode", ["all_or_nothing", "best_effort"])
    def test_says_that_it_gave_all(self, api, event, open_one, mode):
        assert register(api, event, [open_one], mode=mode).json()["applied"] is True

    def test_preview_says_the_same(self, api, event, open_one, full):
        for mode, applied in (("all_or_nothing", False), ("best_effort", "partly")):
            answer = register(api, event, [open_one, full], "?validate_only=1", mode=mode)
            assert answer.json()["applied"] == applied
        assert nobody_is_registered() or EventRegistration.objects.count() == 1

    def test_agenda_says_so_too(self, api, event, open_one, full):
        rid = registered(api, event, [SessionFactory(event=event)])
        path, body = f"/registrants/{rid}/agenda", {"add": [open_one.pk, full.pk]}
        refused = api.post(path, body)
        assert (refused.status_code, refused.json()["applied"]) == (409, False)
        partly = api.post(path, {**body, "mode": "best_effort"})
        assert (partly.status_code, partly.json()["applied"]) == (200, "partly")
        nothing = api.post(path, {"add": [full.pk], "mode": "best_effort"})
        assert (nothing.status_code, nothing.json()["applied"]) == (409, False)
        assert api.post(path, {"add": [open_one.pk]}).json()["applied"] is True

    def test_keeps_not_even_answers_where_nothing_was_had(self, api, event, open_one, full):
        question = CustomRegistrationFieldFactory(event=event)
        rid = registered(api, event, [open_one])
        more = {"mode": "best_effort", "custom_fields": {f"c_{question.pk}": "Vegan"}}
        answer = register(api, event, [full], **more)
        assert (answer.status_code, answer.json()["applied"]) == (409, False)
        assert api.get(f"/registrants/{rid}").json()["custom_fields"] == {}

    def test_overrides_all_or_nothing(self, api_client_of, event, open_one, full):
        api = api_client_of("read write override")
        clash = SessionFactory(event=event, starts_at=open_one.starts_at, ends_at=open_one.ends_at)
        before = rows_of_every_table()
        refused = register(api, event, [open_one, full, clash], OVERRIDE)
        assert (refused.status_code, refused.json()["code"], refused.json()["applied"]) == (
            409,
            "conflict",
            False,
        )
        assert rows_of_every_table() == before
        given = register(api, event, [open_one, full], OVERRIDE)
        assert (given.status_code, given.json()["applied"]) == (201, True)
        assert len(emails_in(full)) == 2

    def test_overrides_what_can_be_had(self, api_client_of, event, open_one, full):
        api = api_client_of("read write override")
        clash = SessionFactory(event=event, starts_at=open_one.starts_at, ends_at=open_one.ends_at)
        given = register(api, event, [open_one, full, clash], OVERRIDE, mode="best_effort")
        assert (given.status_code, given.json()["applied"]) == (201, "partly")
        assert outcomes(given) == {open_one.pk: "registered", full.pk: "registered", clash.pk: "conflict"}
        assert SessionRegistration.objects.active().filter(contact__email="bob@example.com").count() == 2
