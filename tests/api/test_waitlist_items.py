"""Waitlists over the API: who waits where, joining, leaving, inviting, registering."""

from __future__ import annotations

import pytest

from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from tests.api.registering import emails_in, register, registered, rows_of_every_table
from tests.engine.acts import fill
from tests.factories import EventFactory, PassFactory, SessionFactory
from waitlists.models import WaitlistItem


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true()


@pytest.fixture
def event(db):
    return EventFactory(auto_register_waitlisted=False)


@pytest.fixture
def session(event):
    """A session of one seat, taken."""
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    return session


def join(api, session, email="bob@example.com", **more):
    return api.post("/waitlist-items", {"session_id": session.pk, "email": email, **more})


def joined(api, session, email="bob@example.com", **more):
    response = join(api, session, email, **more)
    assert response.status_code == 201, response.content
    return response.json()["id"]


def free_a_seat(api, session):
    seat = SessionRegistration.objects.active().filter(session=session).earliest("id")
    path = f"/registrants/{seat.event_registration_id}/session/{session.pk}"
    assert api.delete(path).status_code == 200


def test_joins_as_chosen_and_not_further_back(api, session):
    chosen = join(api, session, place_at_most=1, until_hours=48)
    assert (chosen.json()["place_at_most"], chosen.json()["until_hours"]) == (1, 48)
    refused = join(api, session, "carol@example.com", place_at_most=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "You would be number 2 in line" in refused.json()["fields"]["place_at_most"][0]
    wrong = join(api, session, "carol@example.com", until_hours=721)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["until_hours"])


def test_joins_once_and_at_the_end(api, event, session):
    first = join(api, session, first_name="Bob", last_name="Baker")
    joined(api, session, "carol@example.com")
    again = join(api, session)
    assert (first.status_code, again.status_code) == (201, 200)
    item = WaitlistItem.objects.get(contact__email="bob@example.com")
    registration = EventRegistration.objects.get(contact=item.contact)
    assert (
        again.json()
        == first.json()
        == {
            "id": item.pk,
            "event_id": event.pk,
            "session_id": session.pk,
            "registrant_id": registration.pk,
            "email": "bob@example.com",
            "first_name": "Bob",
            "last_name": "Baker",
            "status": "waiting",
            "position": 1,
            "joined_at": item.joined_at.isoformat().replace("+00:00", "Z"),
            "automatically_register": True,
            "when_clashing": "ask",
            "place_at_most": None,
            "until_hours": None,
            "together": None,
            "invitation_expires_at": None,
            "passed_over_reason": "",
            "closed_at": None,
        }
    )
    assert Notification.objects.filter(kind="waitlisted").count() == 2


def test_joins_as_registrant(api, event, session):
    rid = registered(api, event, [SessionFactory(event=event)])
    response = api.post("/waitlist-items", {"session_id": session.pk, "registrant_id": rid, "send_email": 0})
    assert (response.status_code, response.json()["registrant_id"]) == (201, rid)
    assert not Notification.objects.filter(kind="waitlisted").exists()


def test_joins_event_itself(api):
    event = EventFactory(session_level=False, capacity=0)
    response = api.post("/waitlist-items", {"event_id": event.pk, "email": "bob@example.com"})
    assert (response.status_code, response.json()["session_id"], response.json()["position"]) == (
        201,
        None,
        1,
    )
    registrant = api.get(f"/registrants/{response.json()['registrant_id']}").json()
    assert (registrant["registration_status"], registrant["position"]) == ("waitlisted", 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "bob@example.com"}, "session_id"),
        ({"session_id": 10**9, "email": "bob@example.com"}, "session_id"),
        ({"event_id": 10**9, "email": "bob@example.com"}, "event_id"),
        ({"session_id": "mine"}, "email"),
        ({"session_id": "mine", "email": "bob@example.com", "registrant_id": 1}, "email"),
        ({"session_id": "mine", "registrant_id": 10**9}, "registrant_id"),
        ({"session_id": "mine", "email": "nonsense"}, "email"),
        ({"session_id": "mine", "email": "bob@example.com", "place": 1}, "place"),
    ],
)
def test_refuses_what_cannot_be(api, session, body, field):
    before = rows_of_every_table()
    response = api.post(
        "/waitlist-items", {**body, **({"session_id": session.pk} if "mine" in body.values() else {})}
    )
    assert (response.status_code, set(response.json()["fields"])) == (422, {field})
    assert rows_of_every_table() == before


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"capacity": 5}, "no_waitlist"),
        ({"capacity": 0, "own_waitlist_enabled": False}, "no_waitlist"),
        ({"capacity": 0, "session_status": "approved"}, "not_live"),
        ({"capacity": None}, "capacity_missing"),
    ],
)
def test_refuses_where_there_is_nothing_to_wait_for(api, event, settings, code):
    session = SessionFactory(event=event, **settings)
    response = join(api, session)
    assert (response.status_code, response.json()["code"]) == (409, code)
    assert not WaitlistItem.objects.exists()


def test_refuses_after_closing(api):
    event = EventFactory(registration_closes_at="2020-01-01T00:00:00Z")
    response = join(api, SessionFactory(event=event, capacity=0))
    assert (response.status_code, response.json()["code"]) == (409, "closed")


def test_asks_for_pass_where_one_has_to_be_chosen(api):
    ticket = PassFactory(event=EventFactory(session_level=False, capacity=0))
    response = api.post("/waitlist-items", {"event_id": ticket.event.pk, "email": "bob@example.com"})
    assert (response.status_code, set(response.json()["fields"])) == (422, {"pass_id"})
    assert register(api, ticket.event, pass_id=ticket.pk, waitlist=1).status_code == 201


def test_lists_of_session_and_event_never_mix(api):
    event = EventFactory(capacity=1)
    session, other = SessionFactory.create_batch(2, event=event, capacity=1)
    fill(session)
    own = register(api, event, [session, other], waitlist=1).json()["registration_status"]
    assert own == "waitlisted"
    holder = EventRegistration.objects.confirmed().get()
    other.seats.refresh_from_db()
    items = {item.session_id: item.pk for item in WaitlistItem.objects.all()}

    def listed(**query):
        response = api.get("/waitlist-items", **query)
        assert response.status_code == 200
        return [(item["id"], item["position"]) for item in response.json()["items"]]

    assert listed(event_id=event.pk) == [(items[None], 1)]
    assert listed(session_id=session.pk) == [(items[session.pk], None)]
    assert listed(session_id=other.pk) == [(items[other.pk], None)]
    assert listed(registrant_id=holder.pk) == []
    assert len(listed()) == 3
    assert listed(status="withdrawn") == []


def test_lists_line_in_order(api, session):
    emails = [f"guest{number}@example.com" for number in range(3)]
    for email in emails:
        joined(api, session, email)
    items = api.get("/waitlist-items", session_id=session.pk).json()["items"]
    assert [(item["email"], item["position"]) for item in items] == [*zip(emails, [1, 2, 3], strict=True)]
    by_name = api.get("/waitlist-items", session_id=session.pk, sort="-email", search="GUEST").json()["items"]
    assert [item["position"] for item in by_name] == [3, 2, 1]


def test_lists_line_turned_round_from_its_other_end(api, session, line_turned_round):
    for number in range(3):
        joined(api, session, f"guest{number}@example.com")
    items = api.get("/waitlist-items", session_id=session.pk).json()["items"]
    assert [(item["email"].split("@")[0], item["position"]) for item in items] == [
        ("guest2", 1),
        ("guest1", 2),
        ("guest0", 3),
    ]


def test_leaves_once(api, session):
    item = joined(api, session)
    second = joined(api, session, "carol@example.com")
    assert [api.delete(f"/waitlist-items/{item}").status_code for _ in range(2)] == [204, 204]
    body = api.get(f"/waitlist-items/{item}").json()
    assert (body["status"], body["position"]) == ("withdrawn", None)
    assert body["closed_at"] is not None
    assert api.get(f"/waitlist-items/{second}").json()["position"] == 1


def test_freed_seat_is_offered_and_shown(api, session):
    item = joined(api, session)
    free_a_seat(api, session)
    body = api.get(f"/waitlist-items/{item}").json()
    assert (body["status"], body["position"]) == ("invited", None)
    assert body["invitation_expires_at"].endswith("Z")


def test_invites_by_hand(api, session):
    joined(api, session)
    second = joined(api, session, "carol@example.com")
    refused = api.post(f"/waitlist-items/{second}/invitation")
    assert (refused.status_code, refused.json()["code"]) == (409, "full")
    free_a_seat(api, session)
    first = WaitlistItem.objects.invited().get()
    api.delete(f"/waitlist-items/{second}")
    again = api.post(f"/waitlist-items/{first.pk}/invitation")
    assert (again.status_code, again.json()["status"]) == (200, "invited")
    gone = api.post(f"/waitlist-items/{second}/invitation")
    assert (gone.status_code, gone.json()["code"]) == (409, "not_waiting")


def test_registers_by_hand_only_into_a_free_seat(api, api_client_of, session):
    item = joined(api, session)
    refused = api.post(f"/waitlist-items/{item}/registration")
    assert (refused.status_code, refused.json()["success"], refused.json()["code"]) == (409, False, "full")
    assert emails_in(session)[1:] == []
    query = "?override_capacity_errors=1&reason=Speaker&send_email=0"
    assert api.post(f"/waitlist-items/{item}/registration{query}").status_code == 403
    desk = api_client_of("read write override")
    done = desk.post(f"/waitlist-items/{item}/registration{query}")
    assert (done.status_code, done.json()["success"]) == (200, True)
    assert done.json()["line"]["over_by"] == 1
    seat = SessionRegistration.objects.get(contact__email="bob@example.com")
    assert (seat.is_past_capacity, seat.reason) == (True, "Speaker")
    again = desk.post(f"/waitlist-items/{item}/registration")
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_registers_by_hand_at_the_event(api_client_of):
    desk = api_client_of("read write override", name="Door")
    event = EventFactory(session_level=False, capacity=0)
    item = desk.post("/waitlist-items", {"event_id": event.pk, "email": "bob@example.com"}).json()["id"]
    done = desk.post(f"/waitlist-items/{item}/registration?override_capacity_errors=1")
    assert (done.status_code, done.json()["line"]["session_id"]) == (200, None)
    registration = EventRegistration.objects.get()
    assert (registration.status, registration.reason) == ("confirmed", "Door")


def test_registers_who_was_invited(api, session):
    item = joined(api, session)
    free_a_seat(api, session)
    done = api.post(f"/waitlist-items/{item}/registration")
    assert (done.status_code, done.json()["line"]["outcome"]) == (200, "registered")
    assert emails_in(session) == ["bob@example.com"]


def test_hides_what_belongs_to_others(api, api_client_of, session):
    item = joined(api, session)
    stranger = api_client_of("read write override", events=[EventFactory()])
    before = rows_of_every_table()
    path = f"/waitlist-items/{item}"
    answers = [
        stranger.get(path),
        stranger.delete(path),
        stranger.post(f"{path}/invitation"),
        stranger.post(f"{path}/registration?override_capacity_errors=1"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert join(stranger, session, "carol@example.com").status_code == 422
    assert stranger.get("/waitlist-items", session_id=session.pk).json()["items"] == []
    assert rows_of_every_table() == before


def test_declines_for_who_was_invited(api, session):
    item, second = joined(api, session), joined(api, session, "carol@example.com")
    waiting = api.delete(f"/waitlist-items/{item}/invitation")
    assert (waiting.status_code, waiting.json()["code"]) == (410, "invitation_gone")
    assert api.get(f"/waitlist-items/{second}").json()["position"] == 2
    seat = SessionRegistration.objects.active().get(session=session)
    api.delete(f"/registrants/{seat.event_registration_id}")
    for _ in range(2):
        assert api.delete(f"/waitlist-items/{item}/invitation").status_code == 204
    assert api.get(f"/waitlist-items/{item}").json()["status"] == "declined"
    assert api.get(f"/waitlist-items/{second}").json()["status"] == "invited"
    line = Activity.objects.get(verb="declined")
    assert (line.actor, line.contact.email) == ("Integrator", "bob@example.com")
