"""A hall full of people behind one network address gets in; one visitor who asks without end does not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from config.proxies import TrustedProxies, read
from events.limits import TRIES_PER_SEAT, address_of
from registrations.models import AgendaDraft, EventRegistration
from registrations.rules.people import Attendee
from tests.engine.acts import people
from tests.factories import EventFactory, SessionFactory
from tests.website.clicks import choose, finish, mine, registered

pytestmark = pytest.mark.django_db
HALL = "192.0.2.1"


def test_everybody_of_a_hall_builds_a_draft_and_finishes(event, settings):
    """The setting alone would have let in four; the event has seats for forty."""
    settings.TRIES_PER_NETWORK_ADDRESS, crowd = 4, people(40)
    sessions = SessionFactory.create_batch(3, event=event, capacity=len(crowd))
    browsers = [Client(REMOTE_ADDR=HALL) for _who in crowd]
    for browser in browsers:
        assert choose(browser, *sessions).status_code == 302
    said = [finish(browser, event, who).status_code for browser, who in zip(browsers, crowd, strict=True)]
    assert said == [302] * len(crowd)
    assert EventRegistration.objects.filter(event=event).count() == len(crowd)


def test_whole_event_lets_in_as_many_as_it_has_seats(settings):
    settings.TRIES_PER_NETWORK_ADDRESS, crowd = 2, people(12)
    event = EventFactory(slug="harbour", session_level=False, capacity=len(crowd))
    said = [finish(Client(REMOTE_ADDR=HALL), event, who).status_code for who in crowd]
    assert said == [302] * len(crowd)


def test_address_that_asks_beyond_every_audience_is_refused(event, settings):
    settings.TRIES_PER_NETWORK_ADDRESS = 4
    session = SessionFactory(event=event, capacity=2)
    most = TRIES_PER_SEAT * 2
    said = [choose(Client(REMOTE_ADDR=HALL), session).status_code for _time in range(most + 2)]
    assert said == [302] * most + [429] * 2
    assert AgendaDraft.objects.count() == most
    assert choose(Client(REMOTE_ADDR="192.0.2.2"), session).status_code == 302


def test_visitor_who_changes_a_draft_without_end_is_refused_alone(event, settings):
    settings.TRIES_PER_VISITOR = 3
    session = SessionFactory(event=event)
    one, other = Client(REMOTE_ADDR=HALL), Client(REMOTE_ADDR=HALL)
    said = [choose(one, session).status_code for _time in range(6)]
    # The first makes the draft; three change it.
    assert said == [302] * 4 + [429] * 2
    assert choose(other, session).status_code == 302


def test_registration_that_changes_seats_without_end_is_refused_alone(event, settings):
    settings.TRIES_PER_VISITOR = 3
    session, browser = SessionFactory(event=event), Client(REMOTE_ADDR=HALL)
    one, other = (registered(event, Attendee(f"{who}@example.org", "A"), session) for who in "ab")
    address = mine("manage_seat", one, session.uuid, "add")
    assert [browser.post(address).status_code for _time in range(4)] == [302] * 3 + [429]
    assert browser.post(mine("manage_seat", other, session.uuid, "add")).status_code == 302


# Whose word is believed.


def seen(trusted, peer, settings, **headers):
    """The address that is counted, and whether the request came by https."""
    settings.TRUSTED_PROXIES = trusted
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    found = []

    def view(request):
        found.append((address_of(request), request.is_secure()))
        return HttpResponse()

    TrustedProxies(view)(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))
    return found[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "noted", "address"),
    [
        ("0", "198.51.100.9", "203.0.113.5", "198.51.100.9"),
        ("1", "10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("1", "10.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        ("2", "10.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("2", "10.0.0.1", "203.0.113.5", "10.0.0.1"),
        ("1", "10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("1", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.0/8", "198.51.100.9", "203.0.113.5", "198.51.100.9"),
        ("10.0.0.0/8,fd00::/8", "fd00::1", "2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.7", "10.0.0.1"),
        ("0", "2001:db8:1:2:3::4", "", "2001:db8:1:2::"),
    ],
)
def test_counts_the_address_that_our_own_proxies_noted(settings, trusted, peer, noted, address):
    assert seen(trusted, peer, settings, **{"X-Forwarded-For": noted})[0] == address


@pytest.mark.parametrize(
    ("trusted", "secure"), [("0", False), ("10.0.0.0/8", False), ("198.51.100.0/24", True)]
)
def test_believes_in_https_only_from_our_own_proxies(settings, trusted, secure):
    assert seen(trusted, "198.51.100.9", settings, **{"X-Forwarded-Proto": "https"})[1] is secure


def test_refuses_proxies_that_are_neither_number_nor_network():
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        read("everybody")


@pytest.mark.parametrize("forged", ["203.0.113.{}", "203.0.113.{}, 203.0.113.{}"])
def test_forged_headers_do_not_get_around_the_limits(event, settings, forged):
    settings.TRIES_PER_NETWORK_ADDRESS = settings.WRONG_SECRETS_PER_NETWORK_ADDRESS = 4
    session = SessionFactory(event=event, capacity=1)
    said, wrong = [], []
    for number in range(6):
        header = {"HTTP_X_FORWARDED_FOR": forged.format(number, number)}
        said.append(choose(Client(REMOTE_ADDR=HALL, **header), session).status_code)
        guess = {"username": f"x{number}@example.org", "password": "wrong"}
        wrong.append(Client(REMOTE_ADDR=HALL, **header).post(reverse("admin:login"), guess).status_code)
    assert said == [302] * 4 + [429] * 2
    assert wrong == [200] * 4 + [429] * 2
