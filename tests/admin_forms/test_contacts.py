"""A contact belongs to nobody's event alone: no organizer takes over the address of another's attendee."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from events.models import Contact
from events.roles import setup_roles
from registrations.actions import submit_agenda
from registrations.models import Activity, EventRegistration
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change, said
from tests.factories import EventFactory, SessionFactory, UserFactory, at

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "eve@example.com"


@pytest.fixture
def planner():
    """A planner with an event of her own."""
    setup_roles()
    user = UserFactory(email="planner@example.com")
    user.groups.add(Group.objects.get(name="Event Planner"))
    return user


def contact_at(*events) -> Contact:
    """Eve, registered at these events."""
    for number, event in enumerate(events):
        session = SessionFactory(event=event, starts_at=at(9 + number), ends_at=at(10 + number))
        submit_agenda(event, Attendee(ADDRESS, "Eve"), [session], notify=False)
    return Contact.objects.get(email=ADDRESS)


def test_planner_changes_name_but_not_address_of_own_contact(client, url, planner):
    eve = contact_at(EventFactory(created_by=planner))
    client.force_login(planner)
    page = client.get(url(eve))
    assert {"email", "user"}.isdisjoint(page.context["adminform"].form.fields)
    said(client, change(client, url(eve), "contact_form", first_name="Eva", email="mine@example.com"))
    eve.refresh_from_db()
    assert (eve.first_name, eve.email) == ("Eva", ADDRESS)


def test_planner_only_looks_at_contact_of_others_too(client, url, planner):
    eve = contact_at(EventFactory(created_by=planner), EventFactory())
    client.force_login(planner)
    assert client.get(url(eve)).status_code == 200
    assert client.post(url(eve), {"first_name": "Mallory"}).status_code == 403


def test_another_address_ends_the_old_links(desk, url):
    eve = contact_at(EventFactory())
    said(desk, change(desk, url(eve), "contact_form", email="eva@example.com"))
    assert EventRegistration.objects.get().link_version == 2
    assert Activity.objects.filter(verb="link_revoked", contact=eve).exists()
    said(desk, change(desk, url(eve), "contact_form", first_name="Eva"))
    assert EventRegistration.objects.get().link_version == 2


def test_planner_neither_finds_nor_posts_contacts_of_others(client, planner):
    stranger = contact_at(EventFactory())
    mine = SessionFactory(event=EventFactory(created_by=planner))
    client.force_login(planner)
    page = reverse("admin:add_registration", args=["session", mine.pk])
    assert ADDRESS not in client.get(page, {"q": "Eve"}).content.decode()
    typed = {"contact": stranger.pk, "step": "add", "deed": "fit"}
    data = {"people-TOTAL_FORMS": 0, "people-INITIAL_FORMS": 0, **typed}
    assert client.post(page, data).status_code == 422
    assert not mine.registrations.exists()
