"""The desk's upload: look first, then import; nobody reaches another's event."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.storage import storages

from events.models import Event
from sessions_app.models import Session
from sessions_app.schedule.parse import MAXIMUM_BYTES
from tests.factories import EventFactory, EventTeamMemberFactory, UserFactory
from tests.schedule.files import OAKS, SMALL_XML, all_rows, changed, imported

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/schedule/upload/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Keep what is uploaded in a folder of the test's own."""
    uploads = settings.STORAGES["uploads"] | {"OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = settings.STORAGES | {"uploads": uploads}


@pytest.fixture
def planner(client):
    """Somebody who plans events of their own, signed in."""
    user = UserFactory()
    names = ["add_session", "add_event", "view_event", "change_event"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


def file(content, name="schedule.xml"):
    upload = BytesIO(content)
    upload.name = name
    return upload


def check(client, content=None, url=UPLOAD, **more):
    return client.post(url, {"file": file(content or SMALL_XML.read_bytes()), **more})


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page.content.decode())[1]


def kept_files():
    store = storages["uploads"]
    return store.listdir("schedule-uploads")[1] if store.exists("schedule-uploads") else []


def test_waits_where_no_web_server_looks(settings):
    kept = Path(settings.STORAGES["uploads"]["OPTIONS"]["location"])
    assert Path(settings.MEDIA_ROOT) not in [kept, *kept.parents]


def test_shows_what_would_happen_and_writes_nothing(client, planner):
    before = all_rows()
    page = check(client)
    assert page.status_code == 200
    assert "Sessions: 4 new, 0 changed, 0 unchanged." in page.content.decode()
    assert all_rows() == before


def test_pages_carry_the_token_against_forged_posts(client, planner):
    for page in (client.get(UPLOAD), check(client), check(client, b"hello")):
        assert b"csrfmiddlewaretoken" in page.content


def test_imports_what_was_looked_at(client, planner):
    capacities = file(b"room,capacity\nBarn,80\n", "capacities.csv")
    token = token_of(check(client, capacities_file=capacities, capacity="30", building="New Mill"))
    answer = client.post(UPLOAD, {"token": token})
    event = Event.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/admin/events/event/{event.pk}/change/")
    assert (event.created_by, event.building.name) == (planner, "New Mill")
    capacities = Session.objects.order_by("starts_at").values_list("seats__capacity", flat=True)
    assert list(capacities) == [80, 80, 30, 80]
    assert kept_files() == []


def test_imports_into_an_event(client, planner):
    event = EventFactory(created_by=planner)
    url = f"{UPLOAD}{event.pk}/"
    client.post(url, {"token": token_of(check(client, url=url))})
    assert Session.objects.filter(event=event).count() == 4


def test_token_works_once(client, planner):
    token = token_of(check(client))
    client.post(UPLOAD, {"token": token})
    before = all_rows()
    answer = client.post(UPLOAD, {"token": token})
    assert (answer.status_code, answer.url) == (302, UPLOAD)
    assert all_rows() == before


def test_token_is_for_one_person_one_event_and_one_hour(client, planner):
    token = token_of(check(client))
    event = EventFactory(created_by=planner)
    before = all_rows()
    client.post(f"{UPLOAD}{event.pk}/", {"token": token})
    client.post(UPLOAD, {"token": token[:-1]})
    with time_machine.travel("2099-01-01", tick=False):
        client.force_login(planner)
        client.post(UPLOAD, {"token": token})
    other = UserFactory(is_superuser=True)
    client.force_login(other)
    client.post(UPLOAD, {"token": token})
    after = all_rows()
    for rows in (before, after):
        rows.pop("events.User")
    assert after == before


def test_forgotten_uploads_are_thrown_away(client, planner):
    check(client)
    with time_machine.travel("2099-01-01", tick=False):
        client.force_login(planner)
        check(client)
        assert len(kept_files()) == 1


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({}, "file", "required"),
        ({"file": b"hello"}, "file", "neither a schedule.xml nor"),
        ({"file": changed(SMALL_XML, ("00:45", "-00:45"))}, "file", "Line 18: the session ends before"),
        ({"file": b" " * (MAXIMUM_BYTES + 1)}, "file", "larger than 20 MB"),
        (
            {"file": SMALL_XML.read_bytes(), "capacities_file": b"room,capacity\nA,-1"},
            "capacities_file",
            "Line 2: ",
        ),
        ({"file": SMALL_XML.read_bytes(), "capacity": "60000"}, "capacity", "50000"),
        ({"file": SMALL_XML.read_bytes(), "capacity": "-1"}, "capacity", "0"),
        ({"file": SMALL_XML.read_bytes(), "building": "x" * 121}, "building", "120"),
        ({"file": SMALL_XML.read_bytes(), "zone": "Atlantis"}, "zone", "not a known time zone"),
        ({"file": SMALL_XML.read_bytes(), "default_duration": "soon"}, "default_duration", "such as 00:25"),
        ({"file": SMALL_XML.read_bytes(), "default_duration": "0"}, "default_duration", "between a minute"),
    ],
)
def test_says_what_is_wrong_at_the_field(client, planner, given, field, reason):
    before = all_rows()
    data = {key: file(value) if isinstance(value, bytes) else value for key, value in given.items()}
    page = client.post(UPLOAD, data)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert reason in str(page.context["form"].errors[field])
    assert all_rows() == before
    assert kept_files() == []


THREE_FAULTS = [
    ("<title>Oaks &amp; their friends</title>", "<title/>"),
    ("<duration>01:30</duration>", "<duration>long</duration>"),
    ("<date>2031-05-06T01:00:00+02:00</date>", "<date>tomorrow</date>"),
]


def test_says_everything_that_is_wrong_at_once_and_what_to_choose(client, planner):
    before = all_rows()
    page = check(client, changed(SMALL_XML, *THREE_FAULTS))
    errors = page.context["form"].errors["file"]
    assert (page.status_code, [error[:8] for error in errors]) == (
        422,
        ["Line 18:", "Line 49:", "Line 61:", "Correct "],
    )
    assert errors[-1] == (
        "Correct the file, or choose: Skip sessions that cannot be imported; Duration elsewhere."
    )
    assert all_rows() == before
    assert kept_files() == []


def test_imports_with_the_choices_that_were_looked_at(client, planner):
    page = check(client, changed(SMALL_XML, *THREE_FAULTS), skip_bad="on", default_duration="00:25")
    said = page.content.decode()
    assert "2 sessions could not be imported and were skipped." in said
    assert (
        "Line 49: the duration “long” is not hours and minutes such as 00:25. It was given 25 minutes."
        in said
    )
    client.post(UPLOAD, {"token": token_of(page)})
    lengths = {one.name: one.ends_at - one.starts_at for one in Session.objects.all()}
    assert lengths == {
        "Pruning by hand": timedelta(minutes=25),
        "Planting together": timedelta(hours=2),
    }


def test_asks_for_the_zone_and_takes_the_one_that_was_chosen(client, planner):
    content = changed(
        SMALL_XML,
        ("<time_zone_name>Europe/Berlin</time_zone_name>", ""),
        ("2031-05-06T10:00:00+02:00", "2031-05-06T10:00:00+01:00"),
    )
    page = check(client, content)
    assert "choose: Time zone." in page.context["form"].errors["file"][-1]
    client.post(UPLOAD, {"token": token_of(check(client, content, zone="Vienna"))})
    event = Event.objects.get()
    assert (event.timezone, event.assumed_timezone) == ("Europe/Vienna", "")


def test_says_from_where_to_upload_when_several_events_fit(client, planner):
    for _number in range(2):
        imported(SMALL_XML.read_bytes(), among=Event.objects.none())
    Event.objects.update(created_by=planner)
    shown = check(client).context["form"].errors["file"]
    assert "(treecon-2031, treecon-2031-2)" in shown[0]
    assert shown[-1] == "Correct the file, or choose: to upload it from the page of the event."


def test_says_at_the_file_what_the_event_refuses(client, planner):
    event = EventFactory(created_by=planner, capacity=5)
    page = check(client, url=f"{UPLOAD}{event.pk}/", capacity="30")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["file"]
    assert kept_files() == []


def test_never_touches_an_event_that_somebody_else_plans(client, planner):
    theirs = imported(SMALL_XML.read_bytes()).event
    client.post(UPLOAD, {"token": token_of(check(client, changed(SMALL_XML, ("Oaks", "Elms"))))})
    assert Session.objects.get(event=theirs, external_id=OAKS).name == "Oaks & their friends"
    assert Event.objects.exclude(pk=theirs.pk).get().created_by == planner
    assert check(client, url=f"{UPLOAD}{theirs.pk}/").status_code == 403


def test_team_planner_may_and_viewer_may_not(client, planner):
    theirs = EventFactory()
    member = EventTeamMemberFactory(event=theirs, user=planner, role="viewer")
    assert client.get(f"{UPLOAD}{theirs.pk}/").status_code == 403
    member.role = "planner"
    member.save()
    assert client.get(f"{UPLOAD}{theirs.pk}/").status_code == 200


def test_strangers_are_sent_to_sign_in_and_staff_without_permission_refused(client):
    assert client.get(UPLOAD).status_code == 302
    client.force_login(UserFactory())
    assert client.get(UPLOAD).status_code == 403
    assert check(client).status_code == 403


def test_unknown_event_is_not_found(client, planner):
    assert client.get(f"{UPLOAD}999999/").status_code == 404
