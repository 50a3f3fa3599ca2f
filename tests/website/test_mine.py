"""“My registrations”: one address, every event, after a code; and nothing for anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import cancel_event_registrations
from registrations.mail import send_due
from registrations.models import AddressMail
from tests.factories import EventFactory, SessionFactory, at
from tests.website.clicks import mine, registered, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def bobs(event, bob):
    """Bob at three events: one to come, one that is over, one that he cancelled."""
    made = [registered(event, bob, SessionFactory(event=event, name="Knots"))]
    for slug, hour in (("over", 12), ("given-up", 14)):
        other = EventFactory(slug=slug, name=slug)
        session = SessionFactory(event=other, starts_at=at(hour), ends_at=at(hour + 1))
        made.append(registered(other, bob, session))
    cancel_event_registrations([made[2]], actor=ATTENDEE)
    ago = timezone.now() - timedelta(days=3)
    Event.objects.filter(slug="over").update(starts_at=ago, ends_at=ago + timedelta(hours=1))
    return made


def open_list(client, email):
    """Ask for a code, type it in; return the page that follows."""
    page = client.post("/me/", {"email": email}).url
    send_due()
    code = [each for each in mail.outbox if each.subject.endswith("is your code for your registrations")][-1]
    assert (code.to, code.from_email) == ([email], "Seatwise <seatwise@localhost>")
    answer = client.post(page, {"code": code.subject.partition(" ")[0]})
    return client.get(answer.url)


def names(entries) -> list[str]:
    return [each.registration.event.name for each in entries]


def test_lists_all_registrations_of_the_address_and_leads_to_each(client, bobs, bob, carol):
    other = EventFactory(slug="carols")
    registered(other, carol, SessionFactory(event=other))
    page = open_list(client, bob.email)
    assert names(page.context["upcoming"]) == ["Harbour Conf"]
    assert sorted(names(page.context["past"])) == ["given-up", "over"]
    assert "You have a seat in 1 session." in text(page)
    assert "carol" not in page.content.decode()
    for each in [*page.context["upcoming"], *page.context["past"]]:
        assert client.get(each.address).status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_stranger_reads_the_same_and_learns_nothing(client, bobs, bob):
    said = []
    for email in (bob.email, "nobody@example.com"):
        page = client.post("/me/", {"email": email}).url
        said.append(text(client.get(page)).replace(email, "ADDRESS"))
    assert said[0] == said[1]
    page = open_list(client, "nobody@example.com")
    assert "Nothing ahead of you" in text(page)
    assert page.context["past"] == []


def test_one_link_alone_opens_no_other_registration(client, bobs, bob):
    page = client.get(mine("manage", bobs[0]))
    assert "given-up" not in page.content.decode()
    code_page = client.post(mine("manage_others", bobs[0])).url
    assert AddressMail.objects.get().email == bob.email
    answer = client.post(code_page, {"code": "x"})
    assert (answer.status_code, client.get(answer.url).status_code) == (303, 422)
    assert client.get("/me/").context["form"] is not None
    row = AddressMail.objects.get()
    assert client.post(code_page, {"code": row.code}).url == "/me/"
    assert names(client.get("/me/").context["upcoming"]) == ["Harbour Conf"]


def test_leaving_and_an_hour_end_it(client, bobs, bob):
    open_list(client, bob.email)
    assert Client().get("/me/").context.get("upcoming") is None
    client.post("/me/leave/")
    assert client.get("/me/").context.get("upcoming") is None
    client.cookies["seatwise_mine"] = "ImJvYkBleGFtcGxlLmNvbSI:1tb:forged"
    assert client.get("/me/").context.get("upcoming") is None


def test_worn_out_links_are_no_links(client, bobs, bob):
    ago = timezone.now() - timedelta(days=90)
    Event.objects.filter(slug="over").update(starts_at=ago, ends_at=ago + timedelta(hours=1))
    page = open_list(client, bob.email)
    addresses = {each.registration.event.slug: bool(each.address) for each in page.context["past"]}
    assert addresses == {"over": False, "given-up": True}


@pytest.mark.parametrize(
    "path", ["/harbour/me/forged.1.x/", "/harbour/me/", "/nowhere/me/x/", "/over/me/x/y/z"]
)
def test_broken_links_lead_on(client, event, path):
    page = client.get(path)
    assert page.status_code == 404
    assert 'action="/harbour/link/"' in page.content.decode() or 'href="/me/"' in page.content.decode()


@pytest.mark.parametrize("path", ["/harbour/", "/harbour/sessions/", "/harbour/sessions/grid/"])
def test_every_page_of_the_event_leads_to_the_link(client, event, path):
    assert 'href="/harbour/link/"' in client.get(path).content.decode()
    assert 'href="/me/"' in client.get("/").content.decode()
