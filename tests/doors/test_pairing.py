"""A phone becomes a door's device: the page with its code, which works once, and the end of its access."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from events.models import User
from events.roles import setup_roles
from registrations import actions
from registrations.models import DoorDevice
from tests.admin_panels.helpers import panel, tab, text, verb_url
from tests.factories import EventTeamMemberFactory, SessionFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def session():
    """A session of a live event."""
    return SessionFactory(name="Practical seamanship")


@pytest.fixture
def door_staff(session) -> User:
    """Somebody who lets people in at the event, but nobody whom the door refuses."""
    setup_roles()
    user = UserFactory(email="door@example.com")
    user.groups.add(Group.objects.get(name="Door staff"))
    EventTeamMemberFactory(event=session.event, user=user, role="door_staff")
    return user


def _add(client, target, **typed):
    return client.post(reverse("admin:add_device", args=[target._meta.model_name, target.pk]), typed)


def test_pairs_phone_by_address_that_is_shown_once(client, door_staff, session):
    client.force_login(door_staff)
    shown = _add(client, session, name="Main entrance", sessions=[session.pk])
    page = text(shown)
    [address] = re.findall(r'value="(http[^"]+/door/pair/[^"]+)"', page)
    assert 'class="qr-code"' in page
    assert "no-store" in shown.headers["Cache-Control"]
    device = DoorDevice.objects.get()
    assert (device.name, device.is_limited, list(device.sessions.all())) == ("Main entrance", True, [session])
    state = reverse("admin:device_page", args=[device.uuid])
    assert "Waits to be paired" in text(client.get(state, headers={"HX-Request": "true"}))
    actions.pair_device(address.rstrip("/").rpartition("/")[2], browser="Chrome on Android")
    assert "Waits to be paired" not in text(client.get(state, headers={"HX-Request": "true"}))
    listed = panel(client.get(tab(session.event, "doors")), "event_devices")
    assert {"Main entrance", "Chrome on Android", "Paired"} <= set(listed.replace("<", ">").split(">"))
    assert address not in text(client.get(state))


def test_offers_no_more_to_a_device_than_its_maker_may(client, door_staff, session):
    client.force_login(door_staff)
    url = reverse("admin:add_device", args=["event", session.event_id])
    assert 'name="may_override"' not in text(client.get(url))
    _add(client, session.event, name="Back door", may_override="on")
    assert not DoorDevice.objects.get().may_override
    client.force_login(UserFactory(is_superuser=True))
    assert 'name="may_override"' in text(client.get(url))
    assert _add(client, session.event, name="").status_code == 422


def test_revokes_device_once_that_is_confirmed(client, door_staff, session):
    client.force_login(door_staff)
    _add(client, session.event, name="Back door")
    actions.note_seen(DoorDevice.objects.get(), waiting=3)
    device = DoorDevice.objects.get()
    url = verb_url(session.event, "event_devices", "revoke")
    assert "3 scans wait to be sent" in text(client.post(url, {"row": device.pk}))
    device.refresh_from_db()
    assert device.revoked_at is None
    client.post(url, {"row": device.pk, "confirmed": "1"})
    device.refresh_from_db()
    assert device.revoked_at is not None
    assert "Back door" not in panel(client.get(tab(session.event, "doors")), "event_devices")
