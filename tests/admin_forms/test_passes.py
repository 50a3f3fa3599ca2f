"""Passes and questions as lines of the event's form."""

from __future__ import annotations

import pytest

from events.models import CustomRegistrationField, Pass
from registrations.actions import register_for_event
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change, read, said
from tests.factories import EventFactory, PassFactory

pytestmark = pytest.mark.django_db(transaction=True)


def line(number: int, name: str, capacity: str = "10") -> dict[str, str]:
    row = {"name": name, "price": "0", "currency": "EUR", "capacity": capacity}
    return {f"passes-{number}-{key}": value for key, value in row.items()}


def test_changes_allocation_and_nothing_else(desk, url):
    offered = PassFactory(capacity=5)
    register_for_event(offered.event, Attendee("bob@example.com"), offered)
    said(desk, change(desk, url(offered.event), "event_form", **{"passes-0-capacity": "8"}))
    offered = Pass.objects.select_related("seats").get()
    assert (offered.seats.capacity, offered.seats.taken) == (8, 1)


@pytest.mark.parametrize("names", [("Gold", "Gold"), ("Old", "New")])
def test_refuses_two_passes_of_one_name(desk, url, names):
    event = PassFactory(name="Old", event=EventFactory(session_level=False)).event
    typed = {"passes-TOTAL_FORMS": "3", **line(1, names[0]), **line(2, names[1])}
    answer = change(desk, url(event, tab="registration"), "event_form", **typed)
    assert answer.status_code == 422
    assert 'class="errornote"' in answer.content.decode()
    assert Pass.objects.count() == 1


def test_refuses_to_delete_pass_somebody_holds(desk, url):
    offered = PassFactory()
    register_for_event(offered.event, Attendee("bob@example.com"), offered)
    page = desk.get(url(offered, "delete")).content.decode()
    assert "1 registered and 0 waiting" in page
    assert desk.post(url(offered, "delete")).status_code == 409
    assert Pass.objects.offered().count() == 1


def test_refuses_question_without_choices(desk, url):
    event = EventFactory()
    typed = {
        "custom_registration_fields-TOTAL_FORMS": "1",
        "custom_registration_fields-0-label": "Meal",
        "custom_registration_fields-0-kind": "single_choice",
        "custom_registration_fields-0-position": "0",
    }
    answer = change(desk, url(event, tab="website"), "event_form", **typed)
    assert "Give the choices, one to a line." in answer.content.decode()
    said(
        desk,
        change(
            desk, url(event), "event_form", **typed, **{"custom_registration_fields-0-choices": "Fish\nRice"}
        ),
    )
    assert CustomRegistrationField.objects.get().choice_list == ["Fish", "Rice"]


def test_opens_tab_that_has_errors(desk, url):
    answer = change(desk, url(EventFactory()), "event_form", registration_opens_at_0="2031-01-01")
    assert answer.context["active_tab"] == "website"
    assert read(answer, "event_form").data["registration_opens_at_0"] == ["2031-01-01"]
