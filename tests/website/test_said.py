"""What pages say is so: after closing, beside a clash, in line, and behind a link that was cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory, at
from tests.website.clicks import choose, chosen, mine, registered, text

pytestmark = pytest.mark.django_db


def close(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(registration_closes_at=timezone.now() - timedelta(hours=1))


def start(event: Event) -> None:
    begun = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(event=event).update(starts_at=begun, date=begun.date())
    Event.objects.filter(pk=event.pk).update(starts_at=begun)


@pytest.mark.parametrize("happens", [close, start])
@pytest.mark.parametrize("verb", ["add", "join", "swap"])
@pytest.mark.parametrize("is_htmx", [True, False])
def test_list_opened_earlier_adds_nothing_after_closing(
    client: Client, event: Event, happens: Any, verb: str, is_htmx: bool
) -> None:
    session = SessionFactory(event=event)
    happens(event)
    address = reverse("draft_seat", args=[event.slug, session.uuid, verb])
    page: Any = client.post(address, headers={"HX-Request": "true"} if is_htmx else {})
    assert page.status_code == 409
    assert "Registration is closed" in text(page)
    assert "In your agenda" not in text(page)
    assert chosen(client, event) == []


def test_before_opening_a_session_is_added_still(client: Client, event: Event) -> None:
    Event.objects.update(registration_opens_at=timezone.now() + timedelta(days=1))
    choose(client, SessionFactory(event=event, name="Knots"))
    assert chosen(client, event) == ["Knots"]


def test_place_in_line_says_its_day(client: Client, event: Event, bob: Attendee) -> None:
    full = SessionFactory(event=event, capacity=1, starts_at=at(9, day=1), ends_at=at(10, day=1))
    fill(full)
    page = text(client.get(mine("manage", registered(event, bob, full, wait=True))))
    assert "Tue 6 May 09:00–10:00" in page


@pytest.mark.parametrize("waitlist", [True, False])
def test_sold_out_message_stays_beside_a_clash(client: Client, event: Event, waitlist: bool) -> None:
    Event.objects.update(waitlist_enabled=waitlist)
    mine_ = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(11))
    full = SessionFactory(event=event, name="Full", starts_at=at(10), ends_at=at(12), capacity=1)
    Session.objects.filter(pk=full.pk).update(sold_out_message="The recording follows.")
    fill(full)
    choose(client, mine_)
    page = text(client.get("/harbour/sessions/"))
    assert "The recording follows." in page
    assert ("Overlaps Knots; you can wait all the same." if waitlist else "Clashes with Knots") in page


@pytest.mark.parametrize("rest", ["", "x", "x/", "x/result/", "x/invitation/12", "x/y/z/"])
def test_link_that_was_cut_off_offers_a_new_one(client: Client, event: Event, rest: str) -> None:
    page = client.get(f"/harbour/me/{rest}", follow=True)
    assert page.status_code == 404
    assert "This link is not complete" in text(page)
    assert 'action="/harbour/link/"' in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_broken_link_tells_of_no_event_that_is_not_public(client: Client) -> None:
    EventFactory(slug="secret", name="Secret", publish_status=Event.PublishStatus.DRAFT)
    page = client.get("/secret/me/x/")
    assert page.status_code == 404
    assert "Secret" not in text(page)
    assert "Send" not in text(page)
