"""The permission and the event must both say yes."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from events.models import Event, EventTeamMember
from events.roles import ROLES, may_check_in, may_delete, may_plan, may_register, may_view, setup_roles
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
        ("Event Planner", False),
        ("Registration staff", True),
        ("Door staff", False),
        ("Viewer", False),
    ],
)
def test_grants_past_capacity_to_registration_staff(group, may_pass_capacity):
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
