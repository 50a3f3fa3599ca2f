"""One page per person at an event, with what comes next and what can be done; and the way there from the contact."""

from __future__ import annotations

import pytest
from django.urls import reverse

from events.actors import SYSTEM
from registrations import actions
from registrations.models import (
    Activity,
    CheckIn,
    EventRegistration,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import add_url, text, typed
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(event, session):
    """Eve's registration: a seat, an answer, a company."""
    question = CustomRegistrationFieldFactory(event=event, label="Diet", is_required=True)
    person = Attendee("eve@example.com", "Eve", "Evans", responses={question.pk: "Vegan"})
    actions.submit_agenda(event, person, [session], notify=False)
    return EventRegistration.objects.get()


def page_of(registration, verb="change"):
    """The address of the person's page, or of a verb there."""
    return reverse(f"admin:registrations_eventregistration_{verb}", args=[registration.pk])


def test_says_what_comes_next(client, alice, eve, session):
    client.force_login(alice)
    assert "Mon 09:00–10:00: Practical seamanship" in text(client.get(page_of(eve)))
    actions.cancel_session_registrations(session.registrations.all(), actor=SYSTEM)
    assert "They have no session yet." in text(client.get(page_of(eve)))
    actions.cancel_event_registrations([eve], actor=SYSTEM)
    shown = text(client.get(page_of(eve)))
    assert ("they gave up everything here" in shown, "Add a session" in shown) == (True, False)


def test_corrects_name_details_and_answers(client, desk, event, eve):
    """Staff may leave open what attendees must answer; an answer that is emptied is gone."""
    client.force_login(desk)
    [question] = event.custom_registration_fields.all()
    field, url = f"question_{question.pk}", page_of(eve, "details")
    asked = client.get(url)
    assert [asked.context["form"][name].value() for name in ("first_name", field)] == ["Eve", "Vegan"]
    sent = {"first_name": "Eva", "last_name": "Evans", "company": "Boats Ltd", field: "Fish"}
    assert client.post(url, sent).status_code == 302
    eve.refresh_from_db()
    assert (eve.full_name, eve.company, str(RegistrationResponse.objects.get())) == (
        "Eva Evans",
        "Boats Ltd",
        "Fish",
    )
    assert client.post(url, {**sent, field: ""}).status_code == 302
    assert not RegistrationResponse.objects.exists()
    assert [row.user for row in Activity.objects.filter(verb="details_changed")] == [desk, desk]
    wrong = client.post(url, {**sent, "first_name": "", "last_name": ""})
    assert (wrong.status_code, "Boats Ltd" in text(wrong)) == (422, True)


def test_answers_are_neither_shown_to_nor_lost_by_whoever_may_not_read_them(client, desk, event, eve):
    desk.user_permissions.remove(*desk.user_permissions.filter(codename="view_registrationresponse"))
    client.force_login(desk)
    url = page_of(eve, "details")
    assert "Diet" not in text(client.get(url))
    assert client.post(url, {"first_name": "Eva", "last_name": ""}).status_code == 302
    assert str(RegistrationResponse.objects.get()) == "Vegan"


def test_adds_a_session_and_lets_in_from_the_page(client, staff, grant, event, eve, session):
    grant(staff, "add_checkin", "change_checkin")
    other = SessionFactory(event=event, name="Afterwards", starts_at=session.ends_at)
    client.force_login(staff)
    shown = client.get(page_of(eve))
    assert f'action="{add_url(event)}"' in text(shown)
    chosen = {"contact": eve.contact_id, "back": page_of(eve), **typed()}
    assert "eve@example.com" in text(client.post(add_url(event), {**chosen, "step": "edit"}))
    done = client.post(add_url(event), {**chosen, "step": "add", "deed": "fit", "session": other.pk})
    assert (done.status_code, done["Location"]) == (302, page_of(eve))
    assert SessionRegistration.objects.active().filter(session=other, contact=eve.contact).exists()
    seat = session.registrations.get()
    let_in = reverse("admin:panel_verb", args=["session", session.pk, "session_registrations", "check_in"])
    assert f'action="{let_in}"' in text(shown)
    client.post(let_in, {"row": seat.pk, "confirmed": "1", "back": page_of(eve)})
    entry = CheckIn.objects.get()
    shown = text(client.get(page_of(eve)))
    undo = reverse("admin:panel_verb", args=["event", event.pk, "event_check_ins", "undo_check_in"])
    assert (f'action="{undo}"' in shown, entry.session) == (True, session)


def test_prints_badge_and_agenda(client, desk, eve):
    client.force_login(desk)
    shown = text(client.get(reverse("admin:person_print", args=[eve.pk])))
    assert all(
        words in shown for words in ("Harbour Conf", "Eve Evans", "Mon 09:00–10:00", "Practical seamanship")
    )
    foreign = EventFactory()
    actions.submit_agenda(
        foreign, Attendee("x@example.com", "X"), [SessionFactory(event=foreign)], notify=False
    )
    theirs = EventRegistration.objects.get(event=foreign)
    assert client.get(reverse("admin:person_print", args=[theirs.pk])).status_code in {302, 404}


def test_contact_leads_to_each_event_of_the_readers(client, desk, event, eve):
    foreign = EventFactory(name="Elsewhere")
    actions.submit_agenda(
        foreign, Attendee("eve@example.com", "Eve"), [SessionFactory(event=foreign)], notify=False
    )
    client.force_login(desk)
    url = reverse("admin:events_contact_change", args=[eve.contact_id])
    shown = text(client.get(url))
    at = shown.partition('id="at-events"')[2].partition("</section>")[0]
    assert all(words in at for words in ("Harbour Conf", "Practical seamanship", page_of(eve), "Confirmed"))
    assert "Elsewhere" not in shown
