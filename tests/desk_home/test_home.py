"""The desk's first page: events at hand, today, what needs a decision; and the search over all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actors import Actor
from events.models import Contact
from events.roles import setup_roles
from registrations import actions
from registrations.actions.sending.outbox import NO_LONGER_TRUE
from registrations.models import ImportBatch, Notification
from tests.engine.acts import claim, fill, people, person
from tests.factories import (
    EventFactory,
    EventTeamMemberFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
    at,
)
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/admin/"


@pytest.fixture
def roles():
    """Every role's group."""
    setup_roles()


def staff_with(group, event=None, role=""):
    """Somebody of that group, and of the event's team."""
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    if event is not None:
        EventTeamMemberFactory(event=event, user=user, role=role)
    return user


def found(page):
    """What needs a decision, as kinds and words."""
    return {type(each.kind).__name__: [one.words for one in each.shown] for each in page.context["decisions"]}


def text_of(answer):
    """The page with runs of space made one."""
    return " ".join(answer.content.decode().split())


def make_trouble(staff, number=0):
    """An event with one matter of each kind; returns it."""
    event = EventFactory(name=f"Harbour {number}", created_by=staff)
    room = RoomFactory(name=f"Dock {number}")
    actor = Actor.staff(staff)
    over = SessionFactory(event=event, name="Over", capacity=1, room=room)
    actions.add_to_session(over, people(2, f"vip{number}-"), actor=actor, reason="VIP", past_capacity=True)
    clashing = SessionFactory(event=event, name="Clashing", room=room, starts_at=over.starts_at)
    clashing.speakers.add(speaker := SpeakerFactory(event=event))
    over.speakers.add(speaker)
    SessionFactory(event=event, name="Unplanned", capacity=None, starts_at=at(15))
    asked = SessionFactory(
        event=event,
        name="Asked",
        capacity=1,
        starts_at=at(16),
        own_auto_register_waitlisted=False,
        own_invitation_hours=2,
    )
    [holder] = fill(asked)
    claim(asked, person(f"waits{number}"), wait=True)
    seat = asked.registrations.get(contact__email=holder.email)
    actions.cancel_session_registrations([seat], actor=actor)
    actions.invite(list(WaitlistItem.objects.waiting().filter(session=asked)), actor=actor)
    Notification.objects.filter(event=event, contact__email=holder.email).update(given_up_at=at(9))
    # What nobody needs to hear any more needs no decision either.
    no_longer_true = {"given_up_at": at(9), "last_error": f"{NO_LONGER_TRUE}: it was taken back"}
    Notification.objects.filter(event=event).exclude(contact__email=holder.email).update(**no_longer_true)
    ImportBatch.objects.create(
        event=event, user=staff, file_name="people.csv", digest="x", status="failed", created_at=at(9)
    )
    return event


def test_names_what_needs_a_decision(client, alice):
    event = make_trouble(alice)
    client.force_login(alice)
    page = client.get(HOME)
    matters = found(page)
    assert matters["PastCapacity"] == ["Over: 2 of 1, 1 past capacity"]
    assert matters["CapacityMissing"] == ["1 session has none"]
    assert matters["UploadsLeft"] == ["people.csv: failed"]
    given_up = Notification.objects.filter(event=event, last_error="")
    assert matters["MailsNotSent"] == [f"{given_up.count()} given up"]
    [invited] = matters["InvitationsEnding"]
    assert invited.startswith("Asked: 1 invitation, the first ends ")
    assert {words.split(" (")[0] for words in matters["Clashes"]} == {"Clashing"}
    assert len(matters["Clashes"]) == 2
    for each in page.context["decisions"]:
        for matter in each.shown:
            assert matter.event == event
            assert client.get(matter.url).status_code == 200


def test_says_so_where_nothing_waits(client, alice):
    SessionFactory(event=EventFactory(created_by=alice))
    client.force_login(alice)
    assert "Nothing waits for you." in text_of(client.get(HOME))


def test_of_many_of_a_kind_some_are_shown_and_all_are_counted(client, alice):
    event, room = EventFactory(created_by=alice), RoomFactory()
    for _number in range(9):
        SessionFactory(event=event, room=room, starts_at=at(9))
    client.force_login(alice)
    [clashes] = client.get(HOME).context["decisions"]
    assert (len(clashes.shown), clashes.more) == (6, 36 - 6)


def test_queries_do_not_grow_with_events(client, alice):
    make_trouble(alice)
    client.force_login(alice)
    client.get(HOME)
    numbers = []
    for more in (1, 10):
        for number in range(more):
            make_trouble(alice, number=10 * more + number)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = client.get(HOME)
        numbers.append(len(asked))
    assert len(page.context["events"]) == 8
    assert page.context["more_events"] == 12 - 8
    assert numbers[0] == numbers[1] <= 23


def test_meters_are_those_of_the_sessions_together(client, alice):
    event = EventFactory(created_by=alice)
    full, other = SessionFactory(event=event, capacity=1), SessionFactory(event=event, capacity=9)
    fill(full)
    claim(full, person("waits"), wait=True)
    claim(other, person("other"))
    client.force_login(alice)
    [row] = client.get(HOME).context["events"]
    assert "2/10" in row.seats
    assert "1 waiting" in row.seats


def test_today_names_what_runs_now_and_next_by_the_events_clock(client, alice):
    event = EventFactory(created_by=alice, timezone="America/New_York")
    zone = event.zone
    noon = at(9).astimezone(zone).replace(hour=12)
    names = {"Over": -2, "Running": 0, "Tonight": 9, "Tomorrow": 13}
    for name, hours in names.items():
        begins = noon + timedelta(hours=hours)
        SessionFactory(event=event, name=name, starts_at=begins, ends_at=begins + timedelta(hours=1))
    with time_machine.travel(noon + timedelta(minutes=30), tick=False):
        client.force_login(alice)
        today = client.get(HOME).context["today"]
    assert [row.session.name for row in today] == ["Running", "Tonight"]
    assert "Now" in today[0].chip
    assert "Next" in today[1].chip


def test_each_sees_their_own_events_and_none_of_others(client, roles, alice):
    mine, theirs = make_trouble(alice, 1), make_trouble(alice, 2)
    planner = staff_with("Event Planner", mine, "planner")
    client.force_login(planner)
    page = client.get(HOME)
    assert [row.event for row in page.context["events"]] == [mine]
    assert {one.event for each in page.context["decisions"] for one in each.shown} == {mine}
    assert theirs.name not in text_of(page)
    client.force_login(staff_with("Event Planner"))
    page = client.get(HOME)
    assert (page.context["events"], page.context["decisions"]) == ([], [])


def test_decisions_ask_for_the_permission_of_what_they_tell(client, roles, alice):
    event = make_trouble(alice)
    client.force_login(staff_with("Door staff", event, "door_staff"))
    assert set(found(client.get(HOME))) == {"PastCapacity", "CapacityMissing", "Clashes"}


# Search


def search(client, text):
    """What a search finds, by kind."""
    page = client.get(reverse("admin:desk_search"), {"q": text})
    assert page.status_code == 200
    return {kind.title: [hit.name for hit in kind.found] for kind in page.context["kinds"] if kind.found}


@pytest.fixture
def harbour(alice):
    """An event with a session and a person that all hold one word."""
    event = EventFactory(name="Harbour Conf", created_by=alice)
    claim(SessionFactory(event=event, name="Harbour lights"), person("Harbour"))
    return event


def test_finds_people_sessions_and_events_by_one_word(client, harbour, alice):
    client.force_login(alice)
    assert search(client, "hARB") == {
        "People": ["Harbour Test"],
        "Sessions": ["Harbour lights"],
        "Events": ["Harbour Conf"],
    }
    assert search(client, "harbour lights") == {"Sessions": ["Harbour lights"]}
    assert search(client, "h") == search(client, "") == search(client, "nothing at all") == {}


@pytest.mark.parametrize(
    ("group", "role", "kinds"),
    [
        ("Viewer", "viewer", {"People", "Sessions", "Events"}),
        ("Door staff", "door_staff", {"People", "Sessions", "Events"}),
        ("Registration staff", "registration_staff", {"People", "Sessions", "Events"}),
    ],
)
def test_finds_what_the_role_may_see_at_its_events_only(client, roles, harbour, group, role, kinds):
    client.force_login(staff_with(group, harbour, role))
    assert set(search(client, "harbour")) == kinds
    client.force_login(staff_with(group))
    assert search(client, "harbour") == {}


def test_who_may_not_see_people_finds_none(client, harbour):
    user = UserFactory()
    EventTeamMemberFactory(event=harbour, user=user, role="viewer")
    user.user_permissions.add(*_permissions("view_event", "view_session"))
    client.force_login(user)
    assert set(search(client, "harbour")) == {"Sessions", "Events"}


def _permissions(*names):
    return Permission.objects.filter(codename__in=names)


def test_whoever_was_erased_is_not_found(client, harbour, alice):
    actions.erase_contact(Contact.objects.get(email=person("Harbour").email), actor=Actor.staff(alice))
    client.force_login(alice)
    assert "People" not in search(client, "erased")


# The frame


def test_sidebar_is_by_task_and_marks_the_page(client, alice):
    client.force_login(alice)
    page = client.get(reverse("admin:sessions_app_session_changelist"))
    tasks = {str(task): [link.is_current for link in links] for task, links in page.context["tasks"]}
    assert list(tasks) == ["Events", "People", "Doors", "Mails", "Programme", "Imports", "Team", "Settings"]
    assert tasks["Programme"] == [True, False, False, False, False]
    assert sum(map(sum, tasks.values())) == 1


def test_sidebar_leaves_out_what_somebody_may_not_look_at(client, roles, harbour):
    client.force_login(staff_with("Door staff", harbour, "door_staff"))
    page = client.get(HOME)
    assert [str(task) for task, _links in page.context["tasks"]] == ["Events", "People", "Doors", "Programme"]
    for _task, links in page.context["tasks"]:
        for link in links:
            assert client.get(link.url).status_code == 200


def test_uploads_are_those_of_ones_events(client, roles, alice):
    mine, theirs = EventFactory(name="Mine"), EventFactory(name="Theirs")
    for event in (mine, theirs):
        ImportBatch.objects.create(event=event, file_name=f"{event}.csv", digest="x", created_at=at(9))
    url = reverse("admin:desk_uploads")
    client.force_login(staff_with("Registration staff", mine, "registration_staff"))
    assert [batch.event for batch in client.get(url).context["earlier"]] == [mine]
    client.force_login(staff_with("Door staff", mine, "door_staff"))
    assert client.get(url).status_code == 403
