"""Doors on the desk: who is in, live; scans to look at and devices; what the first page says of them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.actors import Actor
from events.models import Event, User
from registrations import actions
from registrations.models import DoorDevice, DoorScan, EventRegistration
from sessions_app.models import Session
from tests.admin_panels.helpers import fill, panel, tab, text, verb_url
from tests.factories import SessionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    """Somebody who may do everything."""
    return UserFactory(is_superuser=True, email="alice@example.com")


@pytest.fixture
def session() -> Any:
    """A session of ten seats that runs now, with three people registered."""
    now, session = timezone.now(), SessionFactory(name="Practical seamanship")
    fill(session, 3)
    Event.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=5))
    Session.objects.update(starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50))
    return Session.objects.get()


def _device(event: Any, **more: Any) -> DoorDevice:
    return DoorDevice.objects.create(event=event, name="Door 3", created_at=timezone.now(), **more)


def _scan(session: Any, **more: Any) -> DoorScan:
    now = timezone.now()
    device = DoorDevice.objects.first() or _device(session.event)
    given = {"nonce": uuid.uuid4(), "scanned_at": now, "received_at": now, "outcome": "cancelled"}
    return DoorScan.objects.create(event=session.event, session=session, device=device, **given, **more)


def _let_in(session: Any, staff: User) -> None:
    registration = EventRegistration.objects.order_by("pk").first()
    assert registration is not None
    actions.check_in(registration, session, actor=Actor.staff(staff))


def test_counts_who_is_in_and_expected_in_two_statements(client, staff, session):
    _let_in(session, staff)
    SessionFactory(event=session.event)
    Session.objects.update(starts_at=session.starts_at, ends_at=session.ends_at)
    client.force_login(staff)
    url = reverse("admin:door_counts", args=["event", session.event_id])
    with CaptureQueriesContext(connection) as asked:
        shown = text(client.get(url))
    counting = [each["sql"] for each in asked if "checkin" in each["sql"]]
    assert len(counting) == 2
    row = shown.partition("Practical seamanship")[2].partition("</tr>")[0]
    assert "<strong>1</strong>" in row
    assert 'data-label="Expected">2<' in row
    assert f'hx-get="{url}"' in shown
    assert f'hx-get="{url}"' in panel(client.get(tab(session.event, "doors")), "door_counts")


def test_takes_scans_off_the_list_of_those_to_look_at(client, staff, session):
    guest = EventRegistration.objects.order_by("pk").first()
    scan = _scan(session, event_registration=guest, to_look_at="let_in_cancelled", was_offline=True)
    nobody = _scan(session, code="SW1:0123456789AB", to_look_at="let_in_unknown")
    _scan(session, event_registration=guest)
    client.force_login(staff)
    shown = panel(client.get(tab(session.event, "doors")), "event_scans")
    assert shown.count('name="row"') == 2
    assert {"0123-4567-89AB", "Let in, but had cancelled"} <= set(shown.replace("<", ">").split(">"))
    sent = {"row": [scan.pk, nobody.pk], "confirmed": "1"}
    assert client.post(verb_url(session.event, "event_scans", "looked"), sent).status_code == 302
    scan.refresh_from_db()
    assert (scan.looked_by, scan.looked_at is not None, scan.outcome) == (staff, True, "cancelled")
    assert 'name="row"' not in panel(client.get(tab(session.event, "doors")), "event_scans")
    # Looked at twice, it stays who did it first.
    assert actions.look_at_scans([scan.pk], actor=Actor.staff(UserFactory())) == 0


def test_shows_who_let_somebody_in_and_whether_without_network(client, staff, session):
    _let_in(session, staff)
    EventRegistration.objects.order_by("pk")[0].check_ins.update(
        device=_device(session.event), was_offline=True, is_override=True, reason="let in offline by Door 3"
    )
    client.force_login(staff)
    shown = panel(client.get(tab(session.event, "doors")), "event_check_ins")
    assert {"Door 3", "without network", "let in offline by Door 3"} <= set(
        shown.replace("<", ">").split(">")
    )


def test_exports_every_scan(client, staff, session):
    _scan(session, code="https://example.org/", kind="in", to_look_at="let_in_unknown")
    client.force_login(staff)
    url = reverse("admin:panel_export", args=["event", session.event_id, "event_scans"]) + "?scans-status=all"
    chosen = {"format": "csv", "column": ["device", "code", "to_look_at"]}
    found = b"".join(client.post(url, chosen).streaming_content).decode("utf-8-sig").splitlines()
    assert found == [
        "Device,Code as read,To look at",
        "Door 3,https://example.org/,Let in with a code that nobody has",
    ]


def test_says_on_first_page_what_doors_wait_for(client, staff, session):
    client.force_login(staff)
    quiet = text(client.get(reverse("admin:index")))
    assert "Scans to look at" not in quiet
    _scan(session, to_look_at="clock_off")
    now = timezone.now()
    DoorDevice.objects.update(paired_at=now, waiting_scans=12, last_seen_at=now - timedelta(minutes=5))
    shown = text(client.get(reverse("admin:index")))
    assert "1 scan to look at" in shown
    assert "Door 3: 12 scans wait, last seen" in shown
    DoorDevice.objects.update(last_seen_at=now)
    assert "Door 3: 12 scans wait" not in text(client.get(reverse("admin:index")))


def test_shows_door_of_one_session_on_its_page(client, staff, session):
    other = SessionFactory(event=session.event)
    limited = _device(session.event, is_limited=True)
    limited.sessions.add(other)
    _scan(session, to_look_at="let_in_unknown", code="at this door")
    _scan(other, to_look_at="let_in_unknown", code="at another")
    client.force_login(staff)
    page = client.get(tab(session))
    assert "at this door" in panel(page, "session_scans")
    assert "at another" not in panel(page, "session_scans")
    assert "Door 3" not in panel(page, "session_devices")
    assert "Door 3" in panel(client.get(tab(other)), "session_devices")
