"""Many registrants in one request: each row as a request of its own would be answered, in a few queries for all."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Contact
from registrations.models import Activity, EventRegistration, Notification, RegistrationResponse
from tests.api.registering import emails_in, nobody_is_registered, register, rows_of_every_table
from tests.engine.acts import figures, fill
from tests.factories import CustomRegistrationFieldFactory, EventFactory, PassFactory, SessionFactory, at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def event(db):
    return EventFactory()


def rows(number, *sessions, prefix="guest"):
    """So many people who want these sessions."""
    ids = [session.pk for session in sessions]
    return [
        {"email": f"{prefix}{n}@example.org", "first_name": f"Guest {n}", "session_ids": ids}
        for n in range(number)
    ]


def send(api, event, registrants, query="", *, headers=None, **more):
    """POST the batch and return its answer."""
    body = {"event_id": event.pk, "registrants": registrants, **more}
    answer = api.post(f"/registrants/batch{query}", body, **(headers or {}))
    assert answer.status_code == 200, answer.content
    return answer.json()


def codes(answer):
    return [row["code"] for row in answer["rows"]]


def test_serves_rows_in_their_order_and_lets_the_others_wait(api, event):
    session = SessionFactory(event=event, capacity=2)
    answer = send(api, event, rows(4, session), waitlist=1)
    assert codes(answer) == ["registered", "registered", "waitlisted", "waitlisted"]
    assert [row["status"] for row in answer["rows"]] == [201] * 4
    assert [row["lines"][0].get("position") for row in answer["rows"]] == [None, None, 1, 2]
    assert answer["counts"] == {"registered": 2, "waitlisted": 2}
    assert answer["applied"] is True
    assert emails_in(session) == ["guest0@example.org", "guest1@example.org"]
    assert figures(session) == (2, 2, 0, 2)
    assert Notification.objects.count() == 4
    found = {str(row.uuid): row.pk for row in EventRegistration.objects.all()}
    assert {row["secure_id"]: row["id"] for row in answer["rows"]} == found


def test_gives_each_row_a_verdict_of_its_own(api, event):
    one = SessionFactory(event=event, capacity=9, starts_at=at(9), ends_at=at(11))
    clash = SessionFactory(event=event, capacity=9, starts_at=at(10), ends_at=at(12))
    full = SessionFactory(event=event, capacity=0, starts_at=at(13), ends_at=at(14))
    register(api, event, [one], email="known@example.org")
    answer = send(
        api,
        event,
        [
            {"email": "known@example.org", "first_name": "Known", "session_ids": [one.pk]},
            {"email": "known@example.org", "first_name": "Known", "session_ids": [clash.pk]},
            {"email": "nobody", "first_name": "No"},
            {"email": "nameless@example.org"},
            {"email": "lost@example.org", "first_name": "Lost", "session_ids": [10**9]},
            {"email": "late@example.org", "first_name": "Late", "session_ids": [full.pk, one.pk]},
            {"email": "odd@example.org", "first_name": "Odd", "colour": "red"},
            "no row at all",
            {"email": "free@example.org", "first_name": "Free"},
        ],
    )
    assert codes(answer) == [
        "already",
        "conflict",
        "invalid",
        "invalid",
        "invalid",
        "full",
        "invalid",
        "invalid",
        "registered",
    ]
    told = answer["rows"]
    assert told[1]["lines"][0]["conflicts_with"] == [one.pk]
    assert list(told[2]["fields"]) == ["email"]
    assert list(told[3]["fields"]) == ["first_name"]
    assert list(told[4]["fields"]) == ["session_ids"]
    assert list(told[6]["fields"]) == ["colour"]
    assert [row["status"] for row in told] == [200, 409, 422, 422, 422, 409, 422, 422, 201]
    assert answer["applied"] == "partly"
    # Who was refused left nothing behind, not even an address.
    kept = set(EventRegistration.objects.values_list("contact__email", flat=True))
    assert kept == {"known@example.org", "free@example.org"}
    assert set(Contact.objects.values_list("email", flat=True)) == kept


def test_best_effort_gives_what_can_be_had(api, event):
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    answer = send(api, event, rows(1, full, free), mode="best_effort")
    [row] = answer["rows"]
    assert (row["code"], row["applied"], row["status"]) == ("full", "partly", 201)
    assert answer["applied"] == "partly"
    assert emails_in(free) == ["guest0@example.org"]


@pytest.mark.parametrize("how", [{}, {"waitlist": 1}, {"mode": "best_effort"}])
def test_preview_is_what_comes_true_and_changes_nothing(api, event, how):
    full = SessionFactory(event=event, capacity=3)
    fill(full, 2)
    other = SessionFactory(event=event, capacity=2)
    SessionFactory(event=event, capacity=2, selection_control="included")
    registrants = [*rows(4, full, other), {"email": "x"}, *rows(2, other)]
    before = rows_of_every_table()
    told = send(api, event, registrants, "?validate_only=1", **how)
    after = rows_of_every_table()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    done = send(api, event, registrants, **how)

    def without_ids(answer):
        return [
            {name: value for name, value in row.items() if name not in ("id", "secure_id")}
            for row in answer["rows"]
        ]

    assert without_ids(told) == without_ids(done)
    assert (told["validate_only"], done["validate_only"]) == (True, False)


def test_answers_as_requests_one_by_one(api):
    """Twins: one event is asked row by row, the other at once."""
    twins = []
    for _twin in range(2):
        event = EventFactory(capacity=5)
        sessions = [
            SessionFactory(event=event, capacity=2, starts_at=at(9), ends_at=at(11)),
            SessionFactory(event=event, capacity=2, starts_at=at(10), ends_at=at(12)),
            SessionFactory(event=event, capacity=1, selection_control="included"),
        ]
        twins.append((event, sessions))
    wishes = [(0,), (0, 1), (1,), (), (0,), (0,), (1,), (0,)]

    def said(answer, sessions):
        names = {session.pk: number for number, session in enumerate(sessions)}
        lines = [
            (names[line["session_id"]], line["outcome"], line.get("position")) for line in answer["lines"]
        ]
        return answer["applied"], lines

    (event, sessions), (other, others) = twins
    singly = [
        said(
            register(
                api, event, [sessions[n] for n in wish], email=f"g{index}@example.org", waitlist=1
            ).json(),
            sessions,
        )
        for index, wish in enumerate(wishes)
    ]
    registrants = [
        {"email": f"twin{n}@example.org", "first_name": "G", "session_ids": [others[pk].pk for pk in wish]}
        for n, wish in enumerate(wishes)
    ]
    at_once = send(api, other, registrants, waitlist=1)
    assert [said(row, others) for row in at_once["rows"]] == singly
    for one, twin in zip((event, *sessions), (other, *others), strict=True):
        assert figures(one) == figures(twin)
    verbs = [
        Counter(Activity.objects.filter(event=each).values_list("verb", flat=True)) for each in (event, other)
    ]
    assert verbs[0] == verbs[1]


def test_costs_no_query_more_for_more_rows(api, event):
    sessions = [SessionFactory(event=event, capacity=99) for _n in range(3)]
    CustomRegistrationFieldFactory(event=event)

    def cost(number, prefix):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = send(api, event, rows(number, *sessions, prefix=prefix), waitlist=1)
        assert len(answer["rows"]) == number
        return len(queries)

    cost(1, "first")  # what is read once per process
    assert cost(5, "few") == cost(40, "many") <= 60


def test_goes_past_capacity_with_the_scope_and_keeps_the_reason(api_client_of, event):
    api = api_client_of("read write override")
    session = SessionFactory(event=event, capacity=1)
    answer = send(api, event, rows(3, session), override_capacity_errors=1, reason="Crew")
    assert codes(answer) == ["registered", "past_capacity", "past_capacity"]
    assert [row["lines"][0].get("over_by") for row in answer["rows"]] == [None, 1, 2]
    assert figures(session) == (1, 3, 0, 0)
    past = Activity.objects.filter(verb=Activity.Verb.ADDED_PAST_CAPACITY)
    assert set(past.values_list("reason", "session")) == {("Crew", session.pk)}


def test_needs_the_scope_to_override(api, event):
    body = {"event_id": event.pk, "registrants": rows(1), "override_closed": 1}
    assert api.post("/registrants/batch", body).status_code == 403
    assert nobody_is_registered()


def test_same_key_gets_the_same_answer_once(api, event):
    session = SessionFactory(event=event, capacity=2)
    key = {"idempotency_key": "batch-1"}
    first = send(api, event, rows(3, session), headers=key)
    again = send(api, event, rows(3, session), headers=key)
    assert first == again
    assert (EventRegistration.objects.count(), Notification.objects.count()) == (2, 2)


def test_keeps_answers_details_and_passes(api):
    event = EventFactory(session_level=False)
    question, one = CustomRegistrationFieldFactory(event=event), PassFactory(event=event, capacity=2)
    row = {**rows(1)[0], "pass_id": one.pk, "company": "Docks", "custom_fields": {f"c_{question.pk}": "Tea"}}
    missing, foreign = rows(2, prefix="other")
    answer = send(api, event, [row, missing, {**foreign, "pass_id": PassFactory().pk}])
    assert codes(answer) == ["registered", "invalid", "invalid"]
    assert [list(each["fields"]) for each in answer["rows"][1:]] == [["pass_id"], ["pass_id"]]
    registration = EventRegistration.objects.get()
    assert (registration.company, registration.attendee_passes.get().event_pass) == ("Docks", one)
    assert RegistrationResponse.objects.get(event_registration=registration).value == "Tea"


@pytest.mark.parametrize("number", [0, 501])
def test_takes_one_to_five_hundred_rows(api, event, number):
    answer = api.post("/registrants/batch", {"event_id": event.pk, "registrants": rows(number)})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["registrants"])
    assert nobody_is_registered()
