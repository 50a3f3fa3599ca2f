"""Passes and questions as lines of the event's form."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from events.models import CustomRegistrationField, Pass
from registrations.actions import register_for_event, submit_agenda
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, confirm, read, said
from tests.factories import (
    EventFactory,
    EventTeamMemberFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db(transaction=True)


def line(number: int, name: str, capacity: str = "10") -> dict[str, str]:
    row = {"name": name, "price": "0", "currency": "EUR", "capacity": capacity}
    return {f"passes-{number}-{key}": value for key, value in row.items()}


def test_changes_allocation_and_nothing_else(desk, url):
    offered = PassFactory(capacity=5)
    register_for_event(offered.event, Attendee("bob@example.com"), offered)
    said(desk, change(desk, url(offered.event), "event_form", **{"passes-0-capacity": "8"}))
    offered = Pass.objects.select_related("seats").get()
    assert (offered.seats.capacity, offered.seats.taken) == (8, 1)


@pytest.mark.parametrize("names", [("Gold", "Gold"), ("Old", "New")])
def test_refuses_two_passes_of_one_name(desk, url, names):
    event = PassFactory(name="Old", event=EventFactory(session_level=False)).event
    typed = {"passes-TOTAL_FORMS": "3", **line(1, names[0]), **line(2, names[1])}
    answer = change(desk, url(event, tab="registration"), "event_form", **typed)
    assert answer.status_code == 422
    assert 'class="errornote"' in answer.content.decode()
    assert Pass.objects.count() == 1


def test_event_leads_to_what_a_pass_opens_and_to_where_it_is_removed(desk, url):
    offered = PassFactory()
    offered.sessions.set([SessionFactory(event=offered.event), SessionFactory(event=offered.event)])
    page = desk.get(url(offered.event, tab="registration")).content.decode()
    assert f'<a href="{url(offered, tab="sessions")}">2 sessions</a>' in page
    assert f'<a href="{url(offered)}">Sale, remove…</a>' in page
    assert url(offered, "delete") in desk.get(url(offered)).content.decode()


def test_pass_opens_the_sessions_that_are_chosen_on_its_page(desk, url):
    offered = PassFactory()
    event = offered.event
    track = SessionTrackFactory(event=event, name="Navigation")
    knots, tides, charts = (SessionFactory(event=event, name=name) for name in ("Knots", "Tides", "Charts"))
    Session.objects.filter(pk=knots.pk).update(track=track)
    SessionFactory(event=event, name="Gone", cancelled_at=at(1))
    SessionFactory(name="Elsewhere")
    page = desk.get(url(offered, tab="sessions")).content.decode()
    assert [
        name for name in ("Knots", "Tides", "Charts", "Gone", "Elsewhere") if f"· {name}</option>" in page
    ] == [
        "Knots",
        "Tides",
        "Charts",
    ]
    assert "Mon 09:00–10:00 · Navigation · Knots</option>" in page
    said(desk, change(desk, url(offered), "pass_form", opens=[knots.pk, tides.pk]))
    assert set(offered.sessions.all()) == {knots, tides}
    said(desk, change(desk, url(offered), "pass_form", name="Gold"))
    assert set(offered.sessions.all()) == {knots, tides}
    said(desk, change(desk, url(offered), "pass_form", opens=[charts.pk]))
    assert set(offered.sessions.all()) == {charts}


def test_who_may_only_look_reads_what_a_pass_opens(client, url):
    offered = PassFactory()
    offered.sessions.set([SessionFactory(event=offered.event, name="Knots")])
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_event", "view_pass"]))
    EventTeamMemberFactory(event=offered.event, user=viewer, role="viewer")
    client.force_login(viewer)
    assert "Knots" in client.get(url(offered, tab="sessions")).content.decode()


def test_refuses_to_delete_pass_somebody_holds(desk, url):
    offered = PassFactory()
    register_for_event(offered.event, Attendee("bob@example.com"), offered)
    page = desk.get(url(offered, "delete")).content.decode()
    assert "1 registered, 0 waiting" in page
    assert desk.post(url(offered, "delete")).status_code == 409
    assert Pass.objects.offered().count() == 1


def test_refuses_question_without_choices(desk, url):
    event = EventFactory()
    typed = {
        "custom_registration_fields-TOTAL_FORMS": "1",
        "custom_registration_fields-0-label": "Meal",
        "custom_registration_fields-0-kind": "single_choice",
        "custom_registration_fields-0-position": "0",
    }
    answer = change(desk, url(event, tab="website"), "event_form", **typed)
    assert "Give the choices, one to a line." in answer.content.decode()
    said(
        desk,
        change(
            desk, url(event), "event_form", **typed, **{"custom_registration_fields-0-choices": "Fish\nRice"}
        ),
    )
    assert CustomRegistrationField.objects.get().choice_list == ["Fish", "Rice"]


def test_opens_tab_that_has_errors(desk, url):
    answer = change(desk, url(EventFactory()), "event_form", registration_opens_at_0="2031-01-01")
    assert answer.context["active_tab"] == "website"
    assert read(answer, "event_form").data["registration_opens_at_0"] == ["2031-01-01"]


@pytest.fixture
def chosen():
    """An event whose registrants choose sessions, with two seats given."""
    session = SessionFactory(event=EventFactory())
    for name in ("bob", "carol"):
        submit_agenda(session.event, Attendee(f"{name}@example.com"), [session])
    return session.event


OFF = "switched off: passes register people at event level, and nobody chooses sessions any more."
OFF += " 2 registrations are kept."


def test_says_before_the_first_pass_what_it_switches_off(desk, url, chosen):
    typed = {"passes-TOTAL_FORMS": "1", **line(0, "Day")}
    page = change(desk, url(chosen, tab="registration"), "event_form", **typed)
    assert [each.then for each in page.context["question"].consequences] == [OFF]
    assert (Pass.objects.count(), type(chosen).objects.get().allow_custom_agenda) == (0, True)
    said(desk, confirm(desk, url(chosen), page, _continue="1"))
    assert (Pass.objects.count(), type(chosen).objects.get().allow_custom_agenda) == (1, False)


def test_says_so_on_the_pages_of_passes_too(desk, chosen):
    url = reverse("admin:events_pass_add")
    typed = {"event": chosen.pk, "name": "Day", "price": "0", "currency": "EUR", "position": "0"}
    page = desk.post(url, typed)
    assert [each.then for each in page.context["question"].consequences] == [OFF]
    back = desk.post(url, {**read(page, "sw-confirm").data, "_edit_again": "1"})
    assert "Nothing is saved yet." in back.content.decode()
    assert Pass.objects.count() == 0
    assert confirm(desk, url, page).status_code == 302
    assert Pass.objects.get().event.allow_custom_agenda is False
    assert desk.post(url, {**typed, "name": "Week"}).status_code == 302
