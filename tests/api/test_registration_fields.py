"""What an event asks: question by question, and as a schema that says the same as the API does."""

from __future__ import annotations

import jsonschema
import pytest

from tests.factories import CustomRegistrationFieldFactory, EventFactory, PassFactory

pytestmark = pytest.mark.django_db
CHOICES = "Tea\nCoffee"
# By kind: what may be answered, and what may not.
ANSWERS = {
    "text": (["x", "x" * 500], ["x" * 501, True, ["x"], {"a": 1}]),
    "long_text": (["x" * 5000], ["x" * 5001]),
    "yes_no": ([True, False], ["perhaps", 3, []]),
    "single_choice": (["Tea"], ["Water", ["Tea"], 1]),
    "multiple_choice": ([["Tea"], ["Tea", "Coffee"]], ["Tea", ["Water"], [1]]),
    "number": ([3, 2.5, -1], ["many", True, [1]]),
    "date": (["2031-05-05"], ["5 May", 20310505, "2031-13-01"]),
}


@pytest.fixture
def event(db):
    return EventFactory(sessions_required=False)


def question(event, kind, **more):
    choices = CHOICES if kind.endswith("choice") else ""
    return CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices, **more)


def schema_of(api, event):
    return api.get(f"/events/{event.pk}/registration-schema").json()


def complaints(schema, body):
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    return [error.message for error in validator.iter_errors(body)]


def test_lists_questions_in_the_order_of_asking(api, event):
    second = question(event, "single_choice", label="Drink", position=2, help_text="At the break")
    first = question(event, "text", label="Company", position=1, is_required=True)
    question(EventFactory(), "text")
    items = api.get("/registration-fields", event_id=event.pk).json()["items"]
    assert [item["id"] for item in items] == [first.pk, second.pk]
    assert items[1] == {
        "id": second.pk,
        "event_id": event.pk,
        "key": f"c_{second.pk}",
        "label": "Drink",
        "help": "At the break",
        "type": "single_choice",
        "choices": ["Tea", "Coffee"],
        "required": False,
        "position": 2,
    }
    assert items[0]["required"] is True
    assert api.get(f"/registration-fields/{second.pk}").json() == items[1]
    assert api.post("/registration-fields", {"label": "x"}).status_code == 405


@pytest.mark.parametrize("kind", ANSWERS)
def test_schema_and_api_agree_about_answers(api, event, kind):
    key = f"c_{question(event, kind).pk}"
    schema = schema_of(api, event)
    jsonschema.Draft202012Validator.check_schema(schema)
    for is_good, answers in zip((True, False), ANSWERS[kind], strict=True):
        for answer in answers:
            body = {
                "event_id": event.pk,
                "email": "b@example.org",
                "first_name": "B",
                "custom_fields": {key: answer},
            }
            status = api.post("/registrants?validate_only=1", body).status_code
            assert (not complaints(schema, body), status == 200) == (is_good, is_good), (answer, status)


def test_schema_and_api_agree_about_the_rest(api, event):
    offered = PassFactory(event=event)
    schema = schema_of(api, event)
    person = {"event_id": event.pk, "email": "b@example.org", "first_name": "B"}
    assert complaints(schema, {**person, "pass_id": offered.pk}) == []
    for wrong in (
        {"email": ""},
        {"event_id": event.pk + 1},
        {"first_name": ""},
        {"pass_id": offered.pk + 1},
        {"custom_fields": {"c_0": "x"}},
        {"session_ids": ["x"]},
        {"first_name": "x" * 101},
    ):
        body = {**person, **wrong}
        assert complaints(schema, body), wrong
        assert api.post("/registrants", body).status_code in {404, 409, 422}, wrong


def test_questions_take_as_many_queries_for_30_as_for_1(api, event, django_assert_num_queries):
    for count in (1, 29):
        CustomRegistrationFieldFactory.create_batch(count, event=event)
        with django_assert_num_queries(2):
            api.get("/registration-fields", event_id=event.pk, **{"per-page": 30})
        with django_assert_num_queries(4):
            api.get(f"/events/{event.pk}/registration-schema")
