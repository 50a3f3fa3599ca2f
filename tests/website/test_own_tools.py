"""The personal page's tools: language, calendar, ticket."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.utils import timezone

from events.models import Event
from registrations.links import manage_token
from registrations.models import EventRegistration
from tests.factories import SessionFactory
from tests.website.clicks import mine, registered, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def registration(event, bob):
    return registered(event, bob, SessionFactory(event=event, name="Knots"))


def test_language_is_chosen_with_the_details(client, event, registration):
    Event.objects.update(languages="de,en")
    address = mine("manage_details", registration)
    assert "Deutsch" in text(client.get(address))
    client.post(address, {"first_name": "Rob", "last_name": "Baker", "language": "de"})
    registration.contact.refresh_from_db()
    assert (registration.contact.language, client.cookies[settings.LANGUAGE_COOKIE_NAME].value) == (
        "de",
        "de",
    )
    answer = client.post(address, {"first_name": "Rob", "last_name": "Baker", "language": "tlh"})
    assert list(client.get(answer.url).context["form"].errors) == ["language"]


def test_calendar_is_followed_by_its_own_secret_address_everywhere(client, registration):
    page = client.get(mine("manage_calendar", registration))
    address = page.context["address"]
    for name in ("subscription", "google", "outlook"):
        assert page.context[name].replace("&", "&amp;") in page.content.decode()
        assert manage_token(registration) not in page.context[name]
    assert f"url={quote(address, safe='')}" in page.context["outlook"]
    assert page.context["google"].endswith(quote(address.replace("http://", "webcal://"), safe=""))


def test_ticket_page_is_one_persons_and_worker_is_theirs_alone(client, registration):
    page = client.get(mine("manage_ticket", registration))
    script = mine("manage_ticket_worker", registration)
    assert f'data-ticket-worker="{script}"' in page.content.decode()
    assert ("no-store" in page["Cache-Control"], "default-src 'self'" in page["Content-Security-Policy"]) == (
        True,
        True,
    )
    worker = client.get(script)
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert f'const PAGE = "{mine("manage", registration)}";' in worker.content.decode()
    assert "Service-Worker-Allowed" not in worker
    # Whoever is expected at no door has none.
    Event.objects.update(
        ends_at=timezone.now() - timedelta(hours=1), starts_at=timezone.now() - timedelta(hours=9)
    )
    assert client.get(mine("manage_ticket", registration)).url == mine("manage", registration)
    EventRegistration.objects.update(link_version=5)
    assert client.get(script).status_code == 410
