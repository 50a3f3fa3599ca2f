"""Correcting an address on the desk, and what a person's page says of who did not come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.models import EventRegistration, Notification
from tests.admin_panels.helpers import person, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(session):
    actions.submit_agenda(session.event, person(1), [session])
    return EventRegistration.objects.get()


def page(registration, kind="address"):
    return reverse(f"admin:registrations_eventregistration_{kind}", args=[registration.pk])


def test_corrects_an_address(client, staff, registration):
    client.force_login(staff)
    shown = client.get(page(registration, "change"))
    assert page(registration) in text(shown)
    asked = client.get(page(registration))
    assert registration.contact.email in text(asked)
    done = client.post(page(registration), {"email": "right@example.org", "notify": "on"}, follow=True)
    assert "is registered as right@example.org now" in text(done)
    registration.refresh_from_db()
    assert registration.contact.email == "right@example.org"
    assert Notification.objects.latest("id").contact.email == "right@example.org"
    line = registration.contact.activities.get(verb="address_corrected")
    assert line.actor == staff.email


def test_says_why_an_address_cannot_be(client, staff, session, registration):
    actions.submit_agenda(session.event, person(2), [session])
    taken = person(2).email
    client.force_login(staff)
    refused = client.post(page(registration), {"email": taken})
    assert (refused.status_code, "with this address already" in text(refused)) == (409, True)
    wrong = client.post(page(registration), {"email": "nonsense"})
    assert wrong.status_code == 422
    registration.refresh_from_db()
    assert registration.contact.email == person(1).email


def test_offers_it_neither_once_cancelled_nor_to_strangers(client, staff, registration, django_user_model):
    stranger = django_user_model.objects.create_user(email="x@example.org", password="x", is_staff=True)
    client.force_login(stranger)
    assert client.post(page(registration), {"email": "right@example.org"}).status_code in {302, 403, 404}
    actions.cancel_event_registrations([registration], actor=Actor.staff(staff))
    client.force_login(staff)
    assert page(registration) not in text(client.get(page(registration, "change")))
    client.post(page(registration), {"email": "right@example.org"})
    registration.refresh_from_db()
    assert registration.contact.email == person(1).email


def test_shows_who_did_not_come(client, staff, registration):
    later = registration.event.starts_at + timedelta(hours=1)
    client.force_login(staff)
    assert "No-show" not in text(client.get(page(registration, "change")))
    actions.mark_no_show(registration, actor=Actor.staff(staff), at=later)
    assert "No-show" in text(client.get(page(registration, "change")))
