"""Very many rows in one panel. `SEATWISE_MANY_ROWS=50000` measures what the design promises."""

from __future__ import annotations

import itertools
import os
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from events.models import Contact
from registrations.admin.panels import EventRegistrations, SessionRegistrations, SessionWaitlist
from registrations.models import EventRegistration, SessionRegistration
from tests.factories import SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db

MANY = int(os.environ.get("SEATWISE_MANY_ROWS", "2000"))
IS_MEASURED = "SEATWISE_MANY_ROWS" in os.environ
AT = timezone.now()


@pytest.fixture
def crowd(event):
    """Return a session with that many seats and places in line, written past the actions to save time."""
    session = SessionFactory(event=event, capacity=MANY)
    Contact.objects.bulk_create(
        [Contact(email=f"p{n}@example.com", first_name="Pat", last_name=f"Person{n}") for n in range(MANY)],
        batch_size=5000,
    )
    contacts = list(Contact.objects.values_list("pk", flat=True))
    EventRegistration.objects.bulk_create(
        [
            EventRegistration(
                event=event, contact_id=pk, registered_at=AT, first_name="Pat", last_name=f"P{pk}"
            )
            for pk in contacts
        ],
        batch_size=5000,
    )
    rows = EventRegistration.objects.values_list("pk", "contact")
    SessionRegistration.objects.bulk_create(
        [
            SessionRegistration(
                event=event, session=session, contact_id=contact, event_registration_id=pk, registered_at=AT
            )
            for pk, contact in rows
        ],
        batch_size=5000,
    )
    WaitlistItem.objects.bulk_create(
        [
            WaitlistItem(
                event=event,
                session=session,
                seats_id=session.seats_id,
                contact_id=pk,
                joined_at=AT + timedelta(seconds=n),
            )
            for n, pk in enumerate(contacts)
        ],
        batch_size=5000,
    )
    return session


def test_panels_hold_very_many_rows(crowd, alice, django_assert_max_num_queries):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    queries = [{}, {"p": MANY // 60}, {"q": f"Person{MANY - 1}"}, {"o": "1"}, {"o": "-1"}]
    panels = (EventRegistrations, crowd.event), (SessionRegistrations, crowd), (SessionWaitlist, crowd)
    for (panel, target), query in itertools.product(panels, queries):
        request = RequestFactory().get("/", {f"{panel.prefix}-{key}": value for key, value in query.items()})
        request.user = alice
        begun = time.perf_counter()
        with django_assert_max_num_queries(10):
            html = panel(request, target).render(request)
        took = time.perf_counter() - begun
        assert len(html) < 120_000
        print(f"{panel.key} {query}: {took:.3f} s")
        assert not IS_MEASURED or took < 2
