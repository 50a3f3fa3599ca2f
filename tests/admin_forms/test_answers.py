"""What cannot be kept is answered with a status of its own, not with Django's 200."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.urls import reverse
from django.utils.html import escape

from events.admin.event_verbs import Stop
from events.errors import Busy
from events.models import Building, Contact, Event
from tests.admin_forms.paper import change, errors, read, said
from tests.factories import (
    BuildingFactory,
    ContactFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

BAD = [
    (EventFactory, {"capacity": "60000"}),
    (EventFactory, {"timezone": "Mars/Olympus"}),
    (EventFactory, {"ends_at_0": "2001-01-01"}),
    (SessionFactory, {"capacity": "-1"}),
    (PassFactory, {"name": ""}),
    (ContactFactory, {"email": "nobody"}),
    (SessionTrackFactory, {"name": ""}),
    (SpeakerFactory, {"name": ""}),
    (BuildingFactory, {"name": ""}),
    (RoomFactory, {"capacity": "-1"}),
    (UserFactory, {"email": "nobody"}),
]


@pytest.mark.parametrize(("make", "typed"), BAD)
def test_answers_422_to_what_cannot_be_kept(desk, url, make, typed):
    subject = make()
    answer = change(desk, url(subject), f"{subject._meta.model_name}_form", **typed)
    assert answer.status_code == 422
    assert errors(answer)


def test_answers_422_to_a_line_that_cannot_be_kept(desk, url):
    room = RoomFactory()
    answer = change(desk, url(room.building), "building_form", **{"rooms-0-capacity": "-1"})
    assert answer.status_code == 422
    assert Building.objects.count() == 1


def test_answers_422_when_adding_too(desk):
    page = reverse("admin:events_contact_add")
    assert desk.post(page, read(desk.get(page), "contact_form").data).status_code == 422
    assert not Contact.objects.exists()


def test_refused_command_is_answered_with_its_status_and_page(rf, alice):
    class Refused(Stop):
        def applies(self, row):
            return True

        def act(self, listing, rows, decided):
            raise Busy

    event = EventFactory(name="Harbour Conf")
    request = rf.post("/")
    request.user, request.session = alice, {}
    request._messages = FallbackStorage(request)
    answer = admin.site.get_model_admin(Event).verb_view(request, str(event.pk), Refused()).render()
    assert answer.status_code == 503
    assert "Stop: Harbour Conf" in answer.content.decode()
    assert escape(str(Busy.default_message)) in answer.content.decode()


HUGE = "9" * 5000


def test_huge_numbers_are_no_rows(desk, url):
    session = SessionFactory()
    page = reverse("admin:sessions_app_session_add")
    assert desk.post(page, {"event": HUGE}).status_code == 422
    assert change(desk, url(session), "session_form", capacity_was=HUGE).status_code == 302
    add = reverse("admin:add_registration", args=["session", session.pk])
    assert desk.post(add, {"step": "more", "people-TOTAL_FORMS": HUGE}).status_code == 200
    assert desk.get(add.replace(f"/{session.pk}/", f"/{HUGE}/")).status_code in {302, 404}


def test_settings_nothing_reads_yet_are_kept(desk, url):
    session = SessionFactory(validate_registrants=True)
    event = session.event
    said(desk, change(desk, url(event), "event_form"))
    said(desk, change(desk, url(session), "session_form"))
    event.refresh_from_db()
    session.refresh_from_db()
    assert session.validate_registrants
