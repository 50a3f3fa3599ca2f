"""What cannot be kept is answered with a status of its own, not with Django's 200."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.urls import reverse

from events.admin.verbs import Verb
from events.errors import Busy
from events.models import Building, Contact, Event
from tests.admin_forms.paper import change, errors, read
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
    def act(event, answers):
        raise Busy

    stop = next(verb for verb in admin.site.get_model_admin(Event).verbs if verb.slug == "stop")
    refused = Verb("stop", "Stop", lambda event: True, stop.consequences, act, stop.button)
    event = EventFactory(name="Harbour Conf")
    request = rf.post("/")
    request.user, request.session = alice, {}
    request._messages = FallbackStorage(request)
    answer = admin.site.get_model_admin(Event).verb_view(request, str(event.pk), refused).render()
    assert answer.status_code == 503
    assert "Stop: Harbour Conf" in answer.content.decode()
    assert str(Busy.default_message) in [str(message) for message in request._messages]
