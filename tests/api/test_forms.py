"""Form bodies: what a form says is taken or refused at its field, never dropped."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from events.models import CustomRegistrationField
from registrations.models import EventRegistration, RegistrationResponse, SessionRegistration
from tests.api.agreeing import disagreement, operation_at
from tests.api.registering import BOB, registered
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db
SPELLINGS = ["{name}={0}&{name}={1}", "{name}[]={0}&{name}[]={1}", "{name}[0]={0}&{name}[1]={1}"]
SPELLINGS += [
    "{name}={0}&{name}[]={1}",
    "{name}[]=&{name}[]={0}&{name}[]={1}",
    "{name}%5B%5D={0}&{name}%5B1%5D={1}",
]


@pytest.fixture
def event(db):
    return EventFactory()


@pytest.fixture
def two(event):
    return [SessionFactory(event=event), SessionFactory(event=event)]


def _form(**values):
    form = QueryDict(mutable=True)
    form.update(values)
    return form.urlencode()


def _both(spelling, name, rows):
    return spelling.format(*(row.pk for row in rows), name=name)


@pytest.mark.parametrize("spelling", SPELLINGS)
class TestListInForm:
    def test_registers_for_all(self, api, event, two, spelling):
        body = f"{_form(**BOB, event_id=event.pk)}&{_both(spelling, 'session_ids', two)}"
        answer = api.post("/registrants", body, form=True)
        assert (answer.status_code, answer.json().get("session_ids")) == (201, [row.pk for row in two])

    def test_adds_and_drops_all(self, api, event, two, spelling):
        rid = registered(api, event, [SessionFactory(event=event)])
        added = api.post(f"/registrants/{rid}/agenda", _both(spelling, "add", two), form=True)
        assert [line["outcome"] for line in added.json()["lines"]] == ["registered", "registered"]
        dropped = api.post(f"/registrants/{rid}/agenda", _both(spelling, "drop", two), form=True)
        assert [line["outcome"] for line in dropped.json()["lines"]] == ["dropped", "dropped"]

    def test_names_speakers_passes_and_sessions(self, api, event, two, spelling):
        speakers = SpeakerFactory.create_batch(2, event=event)
        passes = PassFactory.create_batch(2, event=event)
        body = _form(event_id=event.pk, name="Knots", date=event.starts_at.date())
        body += f"&{_both(spelling, 'speaker_ids', speakers)}&{_both(spelling, 'pass_ids', passes)}"
        answer = api.post("/sessions", body, form=True).json()
        assert answer["speaker_ids"] == [row.pk for row in speakers]
        assert answer["pass_ids"] == [row.pk for row in passes]
        body = f"{_form(event_id=event.pk, name='Day')}&{_both(spelling, 'session_ids', two)}"
        assert api.post("/passes", body, form=True).json()["session_ids"] == [row.pk for row in two]

    def test_subscribes_to_all(self, api, spelling):
        body = f"{_form(url='https://93.184.216.34/hook')}&"
        body += spelling.format(
            "session_registration.created", "session_registration.cancelled", name="events"
        )
        answer = api.post("/webhooks", body, form=True)
        assert answer.status_code == 201, answer.content
        assert sorted(answer.json()["events"]) == [
            "session_registration.cancelled",
            "session_registration.created",
        ]


def test_leaves_list_alone_that_is_blank(api, event, two):
    speaker = SpeakerFactory(event=event)
    two[0].speakers.add(speaker)
    answer = api.put(f"/sessions/{two[0].pk}", "speaker_ids=&name=Knots", form=True)
    assert answer.json()["speaker_ids"] == [speaker.pk]


@pytest.mark.parametrize(
    "flat",
    [
        "c_{}=Vegan",
        "custom_fields[c_{}]=Vegan",
        'custom_fields={{"c_{}": "Vegan"}}',
        "custom_fields.c_{}=Vegan",
    ],
)
def test_takes_answers_however_they_are_spelled(api, event, two, flat):
    question = CustomRegistrationFieldFactory(event=event)
    body = f"{_form(**BOB, event_id=event.pk, session_ids=two[0].pk)}&{flat.format(question.pk)}"
    answer = api.post("/registrants", body, form=True)
    assert answer.json().get("custom_fields") == {f"c_{question.pk}": "Vegan"}, answer.content
    changed = api.patch(
        f"/registrants/{answer.json()['id']}", flat.format(question.pk).replace("Vegan", "Fish"), form=True
    )
    assert changed.json()["custom_fields"] == {f"c_{question.pk}": "Fish"}


@pytest.mark.parametrize(
    "list_of",
    ["custom_fields[{}][]=A&custom_fields[{}][]=B", "custom_fields[{}][0]=A&custom_fields[{}][1]=B"],
)
def test_takes_several_choices(api, event, two, list_of):
    question = CustomRegistrationFieldFactory(
        event=event, kind=CustomRegistrationField.Kind.MULTIPLE, choices="A\nB\nC"
    )
    body = f"{_form(**BOB, event_id=event.pk, session_ids=two[0].pk)}&{list_of.replace('{}', f'c_{question.pk}')}"
    answer = api.post("/registrants", body, form=True)
    assert answer.status_code == 201, answer.content
    assert RegistrationResponse.objects.get().value == ["A", "B"]


def test_takes_flat_answers_as_json(api, event, two):
    question = CustomRegistrationFieldFactory(event=event)
    body = {**BOB, "event_id": event.pk, "session_ids": [two[0].pk], f"c_{question.pk}": "Vegan"}
    assert api.post("/registrants", body).json()["custom_fields"] == {f"c_{question.pk}": "Vegan"}


def test_takes_flat_custom_fields_of_sessions(api, event):
    form = _form(event_id=event.pk, name="Knots", date=event.starts_at.date())
    answer = api.post(
        "/sessions", f"{form}&c_7=x&custom_fields[c_8][0][id]=5&custom_fields[c_8][1][id]=6", form=True
    )
    assert answer.json()["custom_fields"] == {"c_7": "x", "c_8": [{"id": 5}, {"id": 6}]}


@pytest.mark.parametrize("spelling", ["building[name]=Quay", "building.name=Quay"])
def test_takes_what_lies_inside(api, spelling):
    body = f"name=Loft&{spelling}&layouts[0][name]=Rows&layouts[0][capacity]=40&layouts[1][name]=Round"
    answer = api.post("/locations", body, form=True)
    assert answer.status_code == 201, answer.content
    assert answer.json()["building"]["name"] == "Quay"
    layouts = {row["name"]: row["capacity"] for row in answer.json()["layouts"]}
    assert layouts == {"Rows": 40, "Round": None}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("session_ids[x]=1", "session_ids.x"),
        ("session_ids[0][1]=1", "session_ids[0]1"),
        ("session_ids[][id]=1", "session_ids[][id]"),
        ("email[a][b]=x", "email[a][b]"),
        ("first_name=Bob&first_name=Rob", "first_name"),
        ("custom_fields[c_1][a][b]=x", "custom_fields"),
        ("colours[]=red", "colours"),
    ],
)
def test_refuses_what_nobody_would_read(api, event, two, more, field):
    body = f"{_form(email='bob@example.com', last_name='Baker', event_id=event.pk, session_ids=two[0].pk)}&{more}"
    answer = api.post("/registrants", body, form=True)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.content
    assert not EventRegistration.objects.exists()


def test_takes_last_of_box_and_its_hidden_field(api, event, two):
    body = f"{_form(**BOB, event_id=event.pk, session_ids=two[0].pk)}&validate_only=0&validate_only=1"
    assert api.post("/registrants", body, form=True).json()["validate_only"] is True


def test_takes_forms_as_they_are_described(api, event):
    """Objects with their parts in brackets, lists as repeated names: what generated clients send."""
    content = operation_at("post", "/api/v1/sessions")["requestBody"]["content"]
    brackets = {"custom_fields": {"style": "deepObject", "explode": True}}
    assert content["application/x-www-form-urlencoded"]["encoding"] == brackets
    assert content["multipart/form-data"]["encoding"] == brackets
    speakers = [SpeakerFactory(event=event).pk for _number in range(2)]
    body = {"event_id": event.pk, "name": "Knots", "date": "2027-05-03", "speaker_ids": speakers}
    body |= {"capacity": "", "custom_fields[c_1]": "Rope"}
    answer = api.post("/sessions", body, form=True)
    assert disagreement("post", "/api/v1/sessions", answer) == ""
    record = answer.json()
    assert (record["speaker_ids"], record["custom_fields"]) == (speakers, {"c_1": "Rope"})
    assert record["capacity"] is None


@pytest.mark.parametrize("is_form", [True, False], ids=["form", "JSON"])
@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("validate_only=1", {"validate_only": "0"}, 422),
        ("send_email=-2", {"send_email": "1"}, 422),
        ("validate_only=true", {"validate_only": "1"}, 200),
        ("validate_only=", {"validate_only": "1"}, 200),
    ],
)
def test_refuses_an_option_of_which_address_and_body_say_different_things(
    api, event, two, query, body, status, is_form
):
    rid = registered(api, event)
    answer = api.post(f"/registrants/{rid}/session/{two[0].pk}?{query}", body, form=is_form)
    assert answer.status_code == status, answer.json()
    if status == 422:
        assert set(answer.json()["fields"]) == set(body)
    assert not SessionRegistration.objects.exists()
