"""In the minute when registration opens a click costs a handful of statements, whatever else the event holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill
from tests.factories import SessionFactory, at
from tests.website.clicks import mine, registered

# Autocommit, as a request has it: in a test's own transaction the claim would only be a savepoint.
pytestmark = pytest.mark.django_db(transaction=True)
IS_POSTGRESQL = connection.vendor == "postgresql"
HTMX = {"HX-Request": "true"}


@pytest.fixture(params=[1, 30])
def registration(request: pytest.FixtureRequest, event: Event, bob: Attendee) -> EventRegistration:
    """Bob's, with so many seats."""
    held = [
        SessionFactory(event=event, starts_at=at(9, n), ends_at=at(9, n + 1)) for n in range(request.param)
    ]
    return registered(event, bob, *held)


@pytest.fixture
def wanted(event: Event) -> Session:
    """A session of one seat."""
    return SessionFactory(event=event, capacity=1, starts_at=at(15), ends_at=at(16))


def statements(client: Client, registration: EventRegistration, session: Session, **headers: str) -> int:
    """How many statements one click takes, without BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as queries:
        client.post(mine("manage_seat", registration, session.uuid, "add"), headers=headers)
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in queries)


def test_claim_is_one_reading_and_one_writing(client, registration, wanted):
    # SQLite writes each table by a statement of its own.
    assert statements(client, registration, wanted) == (2 if IS_POSTGRESQL else 6)


def test_htmx_answer_reads_what_the_visitor_has_now(client, registration, wanted):
    assert statements(client, registration, wanted, **HTMX) == (4 if IS_POSTGRESQL else 8)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_refusal_reads_alternatives_too_and_writes_nothing(client, registration, wanted, headers):
    fill(wanted)
    assert statements(client, registration, wanted, **headers) == 3
