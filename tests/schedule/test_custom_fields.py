"""Custom fields of sessions and programme files: the desk's stay, schedule.json carries them, the website does not."""

import json

import pytest

from events.models import Event
from sessions_app.models import Session
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.write import write_json, write_xml
from tests.factories import EventFactory
from tests.schedule.files import OAKS, SMALL_JSON, SMALL_XML, all_rows, changed, imported

pytestmark = pytest.mark.django_db
FIELDS = {"Level": "Beginner", "Bring": "a hacksaw\nand rope", "c_8": [{"id": 5}]}
TITLE = '"title": "Oaks & their friends"'


@pytest.fixture
def event():
    """The small programme, in which the desk has given one session custom fields."""
    event = imported(SMALL_JSON.read_bytes()).event
    Session.objects.filter(external_id=OAKS).update(custom_fields=FIELDS)
    return event


def carrying(fields):
    """The small programme with these custom fields for one session."""
    return changed(SMALL_JSON, (TITLE, f'{TITLE}, "custom_fields": {json.dumps(fields)}'))


def kept():
    """The session's custom fields."""
    return Session.objects.get(external_id=OAKS).custom_fields


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SMALL_JSON.read_bytes, id="the same"),
        pytest.param(SMALL_XML.read_bytes, id="the same as XML"),
        pytest.param(lambda: changed(SMALL_JSON, (TITLE, '"title": "Oaks anew"')), id="with another title"),
        pytest.param(lambda: carrying({"Level": "Expert"}), id="with other fields"),
    ],
)
def test_what_the_desk_wrote_survives_the_next_import(event, content):
    report = imported(content())
    assert (report.event, report.created) == (event, 0)
    assert kept() == FIELDS


def test_json_carries_them_to_another_installation(event):
    content = write_json(event, only_live=False)
    before = all_rows()
    imported(content)
    assert all_rows() == before
    other = imported(content, event=EventFactory()).event
    assert other.sessions.get(external_id=OAKS).custom_fields == FIELDS


def test_neither_xml_nor_what_the_website_shows_has_them(event):
    Event.objects.update(publish_status="live")
    Session.objects.update(session_status="live")
    files = (write_xml(event, only_live=False), write_json(event, only_live=True))
    assert [
        name for content in files for name in ("custom_fields", "hacksaw") if name in content.decode()
    ] == []


@pytest.mark.parametrize(
    "wrong", ["a text", ["a list"], {"Level": 5}, {"A" * 101: "x"}, {"c_8": [{"name": 5}]}]
)
def test_what_a_session_cannot_keep_is_left_out_and_said(wrong):
    schedule = parse_schedule(carrying(wrong))
    assert [one.reason for one in schedule.findings if "custom fields" in one.reason] == [
        "its custom fields are neither texts nor another system's choices."
    ]
    imported(carrying(wrong))
    assert kept() == {}
