"""The permission and the event must both say yes."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from events.models import Event, EventTeamMember, User
from events.roles import ROLES, may_check_in, may_delete, may_plan, may_register, may_view, setup_roles
from registrations.admin.verbs.access import may_pass_capacity
from tests.admin_forms.paper import change, read, said
from tests.factories import EventFactory, EventTeamMemberFactory, PassFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

Role = EventTeamMember.Role


@pytest.fixture(autouse=True)
def roles():
    setup_roles()


def member(group: str, event=None, role: str = ""):
    """Somebody of this group, perhaps in the event's team."""
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    if event is not None:
        EventTeamMemberFactory(event=event, user=user, role=role)
    return user


def test_makes_groups_once_and_repairs_them(capsys):
    Group.objects.get(name="Viewer").permissions.clear()
    call_command("setup_roles")
    assert capsys.readouterr().out.split("\n")[:-1] == list(ROLES)
    assert Group.objects.count() == 5
    assert Group.objects.get(name="Viewer").permissions.filter(codename="view_event").exists()


@pytest.mark.parametrize(
    ("group", "may_pass_capacity"),
    [
        ("Event Administrator", True),
        ("Event Planner", True),
        ("Registration staff", True),
        ("Door staff", False),
        ("Viewer", False),
    ],
)
def test_grants_past_capacity_to_whoever_registers_people(group, may_pass_capacity):
    assert member(group).has_perm("registrations.add_past_capacity") is may_pass_capacity


@pytest.mark.parametrize(
    ("group", "role", "allowed"),
    [
        ("Event Administrator", None, "view plan delete register check_in"),
        ("Event Planner", None, ""),
        ("Event Planner", Role.PLANNER, "view plan register check_in"),
        ("Event Planner", Role.VIEWER, "view"),
        ("Registration staff", Role.REGISTRATION, "view register check_in"),
        ("Registration staff", Role.PLANNER, "view register check_in"),
        ("Door staff", Role.DOOR, "view check_in"),
        ("Viewer", Role.PLANNER, "view"),
        ("Viewer", None, ""),
    ],
)
def test_allows_by_group_and_role(group, role, allowed):
    event = EventFactory()
    user = member(group, event if role else None, role or "")
    asked = {
        "view": may_view,
        "plan": may_plan,
        "delete": may_delete,
        "register": may_register,
        "check_in": may_check_in,
    }
    assert " ".join(name for name, may in asked.items() if may(user, event)) == allowed


def test_planner_sees_own_and_team_events_only(client, url):
    planner = member("Event Planner")
    mine, stranger = EventFactory(created_by=planner), EventFactory()
    team = EventFactory()
    EventTeamMemberFactory(event=team, user=planner, role=Role.PLANNER)
    hidden = SessionFactory(event=stranger)
    client.force_login(planner)
    page = client.get(reverse("admin:events_event_changelist"))
    assert set(page.context["cl"].queryset) == {mine, team}
    assert client.get(url(stranger)).status_code == 302
    assert client.get(url(hidden)).status_code == 302
    assert client.post(url(stranger, "cancel")).status_code == 404
    assert list(client.get(reverse("admin:sessions_app_session_changelist")).context["cl"].queryset) == []
    assert Event.objects.get(pk=stranger.pk).cancelled_at is None


def test_planner_deletes_only_own_event(client, url):
    planner = member("Event Planner")
    mine, team = EventFactory(created_by=planner), EventFactory()
    EventTeamMemberFactory(event=team, user=planner, role=Role.PLANNER)
    client.force_login(planner)
    assert client.post(url(team, "delete")).status_code == 403
    assert client.post(url(mine, "delete")).status_code == 302
    assert list(Event.objects.not_archived()) == [team]


def test_viewer_of_a_team_only_looks(client, url):
    event = PassFactory(event=EventFactory(session_level=False)).event
    viewer = member("Event Planner", event, Role.VIEWER)
    session = SessionFactory(event=event)
    client.force_login(viewer)
    for tab in ("general", "agenda", "registration", "website", "more"):
        page = client.get(url(event, tab=tab))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert 'name="passes-0-name"' not in page.content.decode()
    assert client.post(url(event), {"name": "Taken over"}).status_code == 403
    assert client.post(url(event, "cancel")).status_code == 403
    assert client.post(url(session, "cancel")).status_code == 403
    quick = reverse("admin:sessions_app_session_quick_create", args=[event.pk])
    assert client.post(quick, {"quick-name": "Mine"}).status_code == 403


def test_new_event_belongs_to_its_planner(client, url):
    planner = member("Event Planner")
    client.force_login(planner)
    page = reverse("admin:events_event_add")
    typed = {
        "name": "Regatta",
        "slug": "regatta",
        "starts_at_0": "2031-06-01",
        "starts_at_1": "10:00",
        "ends_at_0": "2031-06-01",
        "ends_at_1": "18:00",
    }
    client.post(page, {**read(client.get(page), "event_form").data, **typed})
    event = Event.objects.get()
    assert event.created_by == planner
    said(client, change(client, url(event), "event_form", name="Regatta 2031"))


def test_planner_cannot_add_session_to_foreign_event(client):
    planner, stranger = member("Event Planner"), EventFactory()
    EventFactory(created_by=planner)
    client.force_login(planner)
    page = client.get(reverse("admin:sessions_app_session_add"))
    offered = page.context["adminform"].form.fields["event"].queryset
    assert stranger not in offered
    assert offered.count() == 1


def test_administrator_cannot_make_superusers(client, url, alice):
    boss = member("Event Administrator")
    client.force_login(boss)
    assert "is_superuser" not in client.get(url(boss)).context["adminform"].form.fields
    assert client.post(url(alice), {"email": "mine@example.com"}).status_code == 403


def test_signs_in_by_e_mail_however_it_is_capitalised(client, alice):
    login = reverse("admin:login")
    answer = client.post(login, {"username": "Alice@Example.com", "password": "alice", "next": "/admin/"})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_adds_member_of_staff_by_e_mail(desk):
    page = reverse("admin:events_user_add")
    typed = {
        "email": "Dora@Example.com",
        "first_name": "Dora",
        "usable_password": "true",
        "password1": "harbour-lights-7",
        "password2": "harbour-lights-7",
    }
    desk.post(page, {**read(desk.get(page), "user_form").data, **typed})
    assert UserFactory._meta.model.objects.get(first_name="Dora").email == "dora@example.com"


def test_planner_adds_past_capacity_at_own_events_and_those_of_the_team_only():
    planner = member("Event Planner")
    own, teams, foreign = EventFactory(created_by=planner), EventFactory(), EventFactory()
    EventTeamMemberFactory(event=teams, user=planner, role=Role.PLANNER)
    looked_at = EventFactory()
    EventTeamMemberFactory(event=looked_at, user=planner, role=Role.VIEWER)
    found = [may_pass_capacity(planner, event) for event in (own, teams, looked_at, foreign)]
    assert found == [True, True, False, False]


def test_says_who_of_the_team_may_add_past_capacity(client):
    event = EventFactory(created_by=member("Event Planner"))
    clerk = member("Registration staff", event, Role.REGISTRATION)
    stripped = member("Viewer", event, Role.REGISTRATION)
    stripped.user_permissions.set(Permission.objects.filter(codename="add_eventregistration"))
    member("Registration staff", event, Role.VIEWER)
    session = SessionFactory(event=event, capacity=0)
    client.force_login(stripped)
    stripped.user_permissions.add(*Permission.objects.filter(codename="add_sessionregistration"))
    page = client.get(reverse("admin:add_registration", args=["session", session.pk])).content.decode()
    people = ", ".join(sorted([event.created_by.email, clerk.email]))
    assert f"Of this event&#x27;s team these may: {people}." in page


def test_team_gives_the_permissions_that_its_role_needs(client):
    event = EventFactory(created_by=member("Event Planner"))
    clerk = UserFactory(is_staff=True)
    client.force_login(event.created_by)
    url = reverse("admin:events_event_change", args=[event.pk])
    typed = {"team-TOTAL_FORMS": "1", "team-0-user": clerk.email, "team-0-role": Role.REGISTRATION}
    assert not may_register(clerk, event)
    page = said(client, change(client, f"{url}?tab=more", "event_form", **typed))
    assert f"{clerk.email} has the permissions of the role “Registration staff” from now on." in page
    clerk = User.objects.get(pk=clerk.pk)
    assert (may_register(clerk, event), may_register(clerk, EventFactory())) == (True, False)
    shown = client.get(f"{url}?tab=more").content.decode()
    assert "register and cancel people, also past capacity" in shown
