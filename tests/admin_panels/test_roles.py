"""The organizer's roles at the panels."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from registrations import actions
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import add_url, panel, person, tab, text, typed, verb_url
from tests.factories import CustomRegistrationFieldFactory

pytestmark = pytest.mark.django_db


def test_registration_staff_add_past_capacity_by_default(client, member, full_session):
    client.force_login(member("Registration staff", "registration_staff"))
    data = typed(person(50), step="add", deed="past", reason_choice="VIP")
    assert client.post(add_url(full_session), data).status_code == 302
    assert SessionRegistration.objects.get(is_past_capacity=True).reason == "VIP"


@pytest.mark.parametrize(("group", "role"), [("Viewer", "viewer"), ("Registration staff", "viewer")])
def test_viewers_see_and_do_nothing(client, member, full_session, group, role):
    client.force_login(member(group, role))
    shown = panel(client.get(tab(full_session)), "session_registrations")
    assert "10 of 10" in shown
    assert "Add registration" not in shown
    assert re.findall(r'formaction="[^"]*/(\w+)/"', shown) == []
    assert "Export" not in shown
    assert client.get(add_url(full_session)).status_code == 403
    url = verb_url(full_session, "session_registrations", "cancel")
    assert client.post(url, {"confirmed": "1", "across": "1"}).status_code == 403
    assert SessionRegistration.objects.active().count() == 10


def test_door_staff_see_no_waitlist_and_no_mail(client, member, full_session):
    client.force_login(member("Door staff", "door_staff"))
    page = client.get(tab(full_session))
    assert panel(page, "session_registrations")
    assert not panel(page, "session_waitlist")
    assert client.get("/admin/registrations/notification/").status_code == 403


def test_door_staff_see_neither_answers_nor_mails_nor_ledger(client, member, event, session):
    question = CustomRegistrationFieldFactory(event=event, label="Diet", kind="yes_no")
    eve = Attendee("eve@example.com", "Eve", responses={question.pk: True})
    actions.submit_agenda(event, eve, [session])
    page = reverse("admin:registrations_eventregistration_change", args=[EventRegistration.objects.get().pk])
    client.force_login(member("Door staff", "door_staff"))
    seen = text(client.get(page))
    assert "Eve" in seen
    assert "Diet" not in panel(client.get(tab(event)), "event_registrations")
    assert not [word for word in ("Diet", "Mails", "Ledger", "/me/") if word in seen]
    client.force_login(member("Registration staff", "registration_staff"))
    assert all(word in text(client.get(page)) for word in ("Diet", "Mails", "Ledger"))
    assert "Diet" in panel(client.get(tab(event)), "event_registrations")


def test_planners_work_on_their_sessions(client, member, event, session):
    client.force_login(member("Event Planner", "planner"))
    response = client.post(verb_url(event, "event_sessions", "stop"), {"confirmed": "1", "row": session.pk})
    assert response.status_code == 302
    session.refresh_from_db()
    assert not session.is_live
