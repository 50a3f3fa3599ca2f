"""What other systems know of a person besides the name, and the status that they write."""

from __future__ import annotations

import pytest

from registrations.actions import erase_contact
from registrations.models import CheckIn, EventRegistration
from tests.api.registering import emails_in, register, registered
from tests.factories import EventFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
SAID = {"company": "Baker & Sons", "job_title": "Baker", "phone": "+32 2 555 01 23"}


@pytest.fixture
def event(db):
    return EventFactory()


def test_keeps_and_changes_details(api, event):
    made = register(api, event, **SAID)
    assert {name: made.json()[name] for name in SAID} == SAID
    path = f"/registrants/{made.json()['id']}"
    changed = api.put(path, {"company": "Harbour\r\nLtd", "phone": ""}).json()
    assert (changed["company"], changed["job_title"], changed["phone"]) == ("Harbour Ltd", "Baker", "")
    assert api.patch(path, {"first_name": "Robert"}).json()["company"] == "Harbour Ltd"
    found = api.get("/registrants", search="company=*harbour*").json()["items"]
    assert [row["id"] for row in found] == [made.json()["id"]]


def test_forgets_details_with_the_person(api, event):
    register(api, event, **SAID)
    registration = EventRegistration.objects.select_related("contact").get()
    erase_contact(registration.contact, actor=_staff())
    registration.refresh_from_db()
    assert [getattr(registration, name) for name in SAID] == ["", "", ""]


def test_writes_status(api, event):
    session = SessionFactory(event=event)
    rid = registered(api, event, [session], registration_status="confirmed")
    path = f"/registrants/{rid}"
    assert api.patch(path, {"registration_status": "confirmed"}).json()["registration_status"] == "confirmed"
    assert api.patch(path, {"registration_status": "attended"}).json()["registration_status"] == "attended"
    assert CheckIn.objects.get().event_registration_id == rid
    assert api.patch(path, {"registration_status": "cancelled"}).json()["registration_status"] == "cancelled"
    assert emails_in(session) == []
    again = api.patch(path, {"registration_status": "confirmed"})
    assert (again.status_code, again.json()["code"]) == (409, "cancelled")
    for unknown in ("no_show", "waitlisted", "gone"):
        assert register(api, event, registration_status=unknown).status_code == 422


def _staff():
    from events.actors import Actor

    return Actor.staff(UserFactory(is_superuser=True))
