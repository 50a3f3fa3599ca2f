"""An action that names a row which somebody deletes while it runs is done again, with what is there then."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from events.models import Contact
from events.retrying import TRIES_AFTER_DEADLOCK, action
from registrations.models import MessageOptOut
from tests.factories import ContactFactory, EventFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def on_postgresql():
    """SQLite lets nobody else write meanwhile."""
    if connection.vendor != "postgresql":
        pytest.skip("needs a database that several write to at once")


def act_on_contact_that_goes(times):
    """An action that reads a contact, which another connection deletes in that moment, so many times."""
    event, seen = EventFactory(), []

    @action
    def act():
        contact = Contact.objects.get()
        seen.append(contact.pk)
        with transaction.atomic(durable=True):
            MessageOptOut.objects.create(event=event, contact=contact, since=timezone.now())
            if len(seen) <= times:
                # Its rows are checked at the commit, like those of a registration that is given another address.
                _replaced(contact.pk)

    return act, seen


def _replaced(pk):
    """Put another contact in the place of this one, on a connection of its own."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE events_contact SET id = id + 1000 WHERE id = %s", [pk])
    finally:
        other.close()


def test_is_done_again_with_what_is_there_then():
    first = ContactFactory().pk
    act, seen = act_on_contact_that_goes(1)
    act()
    assert seen == [first, first + 1000]
    assert MessageOptOut.objects.get().contact_id == first + 1000


def test_fails_in_the_end_when_it_always_goes():
    ContactFactory()
    act, seen = act_on_contact_that_goes(99)
    with pytest.raises(IntegrityError):
        act()
    assert len(seen) == TRIES_AFTER_DEADLOCK + 1
    assert not MessageOptOut.objects.exists()
