"""Phones at doors: paired once, known by a cookie, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.errors import Invalid, NotPermitted
from registrations.actions import begin_pairing, copy_event, forget_unpaired, pair_device, revoke_device
from registrations.door import pages
from registrations.models import DoorDevice
from registrations.models.doors import PAIRING_LASTS
from registrations.queries.copying import Copying
from registrations.queries.doors import PairingEnded
from tests.doors.phones import ASKING, paired, phone
from tests.factories import EventFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
DOORS = "/door/api/doors"


def page_of(secret):
    return reverse("door_pair", args=[secret])


def test_phone_is_paired_once_by_what_the_desk_shows(event, client):
    made = begin_pairing(event, name="  Main   entrance ", actor=SYSTEM)
    shown = client.get(page_of(made.secret))
    assert "Main entrance" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert not DoorDevice.objects.working().exists(), "looking pairs nothing"
    assert client.get(DOORS, headers=ASKING).status_code == 401
    answer = client.post(page_of(made.secret), headers={"User-Agent": "Phone" * 90})
    assert (answer.status_code, answer["Location"]) == (302, "/door/")
    cookie = answer.cookies["seatwise_door"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/door/")
    device = DoorDevice.objects.get()
    assert (device.is_working, device.pairing_hash, len(device.browser)) == (True, "", 200)
    assert cookie.value not in str(DoorDevice.objects.values())
    assert client.get(DOORS, headers=ASKING).json()["device"]["name"] == "Main entrance"
    for again in (Client().get(page_of(made.secret)), Client().post(page_of(made.secret))):
        assert again.status_code == 410


def test_pairing_ends_by_itself_and_by_being_revoked(event):
    made = begin_pairing(event, name="Late", actor=SYSTEM)
    with pytest.raises(PairingEnded):
        pair_device(made.secret, at=timezone.now() + PAIRING_LASTS)
    revoke_device(made.device, actor=SYSTEM)
    with pytest.raises(PairingEnded):
        pair_device(made.secret)
    assert forget_unpaired() == 0
    paired(event)
    assert forget_unpaired(timezone.now() + timedelta(days=1, seconds=1)) == 1
    assert DoorDevice.objects.get().is_working


def test_wrong_secrets_are_limited(event, client, monkeypatch):
    monkeypatch.setattr(pages, "MOST_WRONG", 3)
    made = begin_pairing(event, name="Door", actor=SYSTEM)
    codes = [client.get(page_of(f"wrong{number}")).status_code for number in range(5)]
    assert codes == [410, 410, 410, 410, 429]
    assert client.post(page_of(made.secret)).status_code == 429
    assert client.post(page_of(made.secret), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_what_a_device_may_not_be(event):
    elsewhere = SessionFactory(event=EventFactory())
    for wrong in ({"name": "  "}, {"name": "Door", "sessions": [elsewhere]}):
        with pytest.raises(Invalid):
            begin_pairing(event, actor=SYSTEM, **wrong)
    for actor in (SYSTEM, Actor.staff(UserFactory()), Actor.door("Door 3")):
        with pytest.raises(NotPermitted):
            begin_pairing(event, name="Door", may_override=True, actor=actor)
    assert not DoorDevice.objects.exists()
    boss = Actor.staff(UserFactory(is_superuser=True))
    assert begin_pairing(event, name="Door", may_override=True, actor=boss).device.created_by == boss.user


def test_page_is_told_its_doors(event):
    hall = SessionFactory(event=event, name="Hall", capacity=40, validate_registrants=True)
    SessionFactory(event=event, name="Other")
    SessionFactory(event=event, name="Stream", format="webinar")
    SessionFactory(name="Foreign")
    found = phone(paired(event)).get(DOORS).json()
    assert sorted(door["name"] for door in found["doors"]) == sorted([event.name, "Hall", "Other"])
    assert found["doors"][0]["door"] is None
    assert found["event"]["uuid"] == str(event.uuid)
    limited = phone(paired(event, hall)).get(DOORS).json()
    assert [(door["door"], door["capacity"], door["validates"]) for door in limited["doors"]] == [
        (str(hall.uuid), 40, True)
    ]


def test_device_stays_limited_when_its_sessions_go(event):
    hall = SessionFactory(event=event)
    limited = paired(event, hall)
    limited.device.sessions.clear()
    assert phone(limited).get(DOORS).json()["doors"] == []


def test_only_a_working_device_and_its_own_page_are_answered(event, client):
    found = paired(event)
    plain = phone(found)
    plain.defaults.clear()
    assert (plain.get(DOORS).status_code, plain.get(DOORS).json()["code"]) == (403, "not_from_the_page")
    assert phone(found).post(DOORS).status_code == 405
    client.cookies["seatwise_door"] = "guessed"
    for stranger in (client, Client()):
        answer = stranger.get(DOORS, headers=ASKING)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_paired")
    revoke_device(found.device, actor=SYSTEM)
    revoke_device(found.device, actor=SYSTEM)
    answer = phone(found).get(DOORS)
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")


def test_leaving_and_pairing_anew_end_the_device(event):
    first = paired(event)
    browser = phone(first)
    made = begin_pairing(event, name="New", actor=SYSTEM)
    assert "Door 3" in browser.get(page_of(made.secret)).content.decode()
    browser.post(page_of(made.secret))
    assert [device.name for device in DoorDevice.objects.working()] == ["New"]
    assert browser.get("/door/leave/").status_code == 405
    left = browser.post("/door/api/leave", {}, content_type="application/json")
    assert left.cookies["seatwise_door"].value == ""
    assert browser.get(DOORS).status_code == 401
    assert not DoorDevice.objects.working().exists()


def test_phone_without_scripts_leaves_by_a_form(event):
    browser = phone(paired(event))
    left = browser.post("/door/leave/")
    assert left.cookies["seatwise_door"].value == ""
    assert not DoorDevice.objects.working().exists()


def test_device_is_seen(event):
    found = paired(event)
    DoorDevice.objects.update(last_seen_at=timezone.now() - timedelta(minutes=5))
    phone(found).get(DOORS)
    seen = DoorDevice.objects.get().last_seen_at
    assert timezone.now() - seen < timedelta(minutes=1)
    phone(found).get(DOORS)
    assert DoorDevice.objects.get().last_seen_at == seen, "not written at each request"


def test_copied_event_has_no_devices(event):
    paired(event)
    day = (event.starts_at + timedelta(days=300)).date()
    [copied] = copy_event(event, Copying("Again", "again", day), actor=SYSTEM)
    assert DoorDevice.objects.filter(event=copied).count() == 0
