"""CSV of panels: exactly the rows of that list, formulas disarmed."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from registrations import actions
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import fill, person, verb_url
from tests.factories import CustomRegistrationFieldFactory, SessionFactory

pytestmark = pytest.mark.django_db


def rows_of(response):
    """Return the file's rows as dicts."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def export(client, target, panel, query=""):
    """Download everything that matches."""
    return client.get(reverse("admin:panel_export", args=[target._meta.model_name, target.pk, panel]) + query)


def test_exports_who_waits_for_this_session_only(client, staff, full_session):
    other = SessionFactory(event=full_session.event, capacity=0)
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    actions.submit_agenda(full_session.event, person(61), [other], wait=True, notify=False)
    client.force_login(staff)
    found = rows_of(export(client, full_session, "session_waitlist"))
    assert [(row["Place"], row["E-mail"]) for row in found] == [("1", "guest060@example.com")]
    assert rows_of(export(client, full_session.event, "event_waitlist")) == []


def test_exports_what_the_search_shows(client, staff, full_session):
    client.force_login(staff)
    found = rows_of(export(client, full_session, "session_registrations", "?regs-q=Number007"))
    assert [row["E-mail"] for row in found] == ["guest007@example.com"]


def test_exports_ticked_rows_with_answers(client, staff, session):
    question = CustomRegistrationFieldFactory(event=session.event, label="=Boat")
    eve = Attendee("eve@example.com", "Eve", "Evans", responses={question.pk: "=HYPERLINK(1)"})
    actions.submit_agenda(session.event, eve, [session], notify=False)
    fill(session, 1)
    client.force_login(staff)
    seat = session.registrations.get(contact__email="eve@example.com")
    response = client.post(verb_url(session, "session_registrations", "export"), {"row": seat.pk})
    assert [(row["E-mail"], row["'=Boat"]) for row in rows_of(response)] == [
        ("eve@example.com", "'=HYPERLINK(1)")
    ]


def test_says_times_by_the_events_clock_and_choices_in_words(client, staff, session):
    session.event.timezone = "Asia/Kathmandu"
    session.event.save(update_fields=["timezone"])
    fill(session, 1)
    session.registrations.update(registered_at=datetime(2027, 3, 1, 23, 30, tzinfo=UTC))
    client.force_login(staff)
    [row] = rows_of(export(client, session, "session_registrations"))
    assert (row["Registered"], row["Cancelled"]) == ("2027-03-02 05:15", "")
    assert (row["Came by"], row["Past capacity"], row["Clash accepted"]) == ("Website", "no", "no")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM", "\tx"])
def test_disarms_formulas(client, staff, session, name):
    actions.submit_agenda(session.event, Attendee("eve@example.com", name, "E"), [session], notify=False)
    client.force_login(staff)
    first_name = rows_of(export(client, session, "session_registrations"))[0]["First name"]
    assert not first_name.startswith(("=", "+", "-", "@", "\t"))


def test_refuses_a_filter_that_means_nothing(client, staff, session):
    fill(session, 1)
    client.force_login(staff)
    assert export(client, session, "session_registrations", "?regs-id__exact=x").status_code == 422
    across = {"across": "1", "parameters": "id__exact=x"}
    for verb in ("export", "cancel"):
        response = client.post(verb_url(session, "session_registrations", verb), across)
        assert response.status_code == 422
