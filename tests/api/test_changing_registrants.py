"""A registrant's record that is written again: address, status, and a record sent back as it was read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Contact, CustomRegistrationField
from registrations.actions import check_in
from registrations.models import Activity, CheckIn, EventRegistration, Notification
from tests.api.registering import registered, rows_of_every_table
from tests.factories import CustomRegistrationFieldFactory, EventFactory, PassFactory, SessionFactory

KIND = CustomRegistrationField.Kind


@pytest.fixture
def event(db):
    return EventFactory()


def begin(event):
    """Let the event have begun this morning."""
    event.starts_at, event.ends_at = timezone.now() - timedelta(hours=3), timezone.now() + timedelta(hours=6)
    event.save(update_fields=["starts_at", "ends_at"])


@pytest.fixture
def session(event):
    return SessionFactory(event=event)


@pytest.fixture
def rid(api, event, session):
    return registered(api, event, [session], company="Baker & Sons")


def said(api, rid):
    return api.get(f"/registrants/{rid}").json()


def set_status(api, rid, status, **more):
    return api.patch(f"/registrants/{rid}", {"registration_status": status, **more})


def changed_tables(before):
    """The tables that are not as they were; the locks of people leave a number alone."""
    after = rows_of_every_table()
    return {name for name, rows in after.items() if rows != before[name]} - {"events.Contact"}


# The address


@pytest.mark.parametrize("way", ["patch", "put"])
def test_corrects_the_address(api, rid, session, way):
    record = said(api, rid)
    body = {"email": "Rob@Example.com", "last_name": "Baker-Moore"}
    answer = getattr(api, way)(f"/registrants/{rid}", body if way == "patch" else {**record, **body})
    assert answer.status_code == 200, answer.content
    now = answer.json()
    assert (now["id"], now["email"], now["last_name"]) == (rid, "rob@example.com", "Baker-Moore")
    assert now["session_ids"] == [session.pk]
    assert now["contact_id"] == Contact.objects.get(email="rob@example.com").pk
    assert now["updated_at"] > record["updated_at"]
    told = Notification.objects.get(kind="registered", activity__verb="address_corrected")
    assert told.contact.email == "rob@example.com"
    assert Activity.objects.get(verb="address_corrected").actor == "Integrator"
    found = api.get("/registrants", email="rob@example.com").json()["items"]
    assert [row["id"] for row in found] == [rid]


def test_refuses_an_address_that_is_registered(api, event, rid):
    registered(api, event, [SessionFactory(event=event)], email="carol@example.com")
    before = rows_of_every_table()
    wish = {"email": "carol@example.com", "company": "Other", "registration_status": "attended"}
    answer = api.patch(f"/registrants/{rid}", wish)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_registered")
    assert rows_of_every_table() == before


@pytest.mark.parametrize("address", ["nonsense", "x@erased.invalid", ""])
def test_refuses_an_address_that_cannot_be(api, rid, address):
    before = rows_of_every_table()
    answer = api.patch(f"/registrants/{rid}", {"email": address})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"email"})
    assert rows_of_every_table() == before


@pytest.mark.parametrize("way", ["body", "query"])
def test_mails_nobody_where_the_client_says_so(api, rid, way):
    before = Notification.objects.count()
    body = {"email": "rob@example.com"} | ({"send_email": 0} if way == "body" else {})
    query = "?send_email=0" if way == "query" else ""
    assert api.patch(f"/registrants/{rid}{query}", body).status_code == 200
    assert Notification.objects.count() == before


# A record sent back


@pytest.mark.parametrize("state", ["confirmed", "waiting", "cancelled", "attended", "no_show"])
@pytest.mark.parametrize("way", ["json", "form"])
def test_a_record_sent_back_changes_nothing(api, event, rid, state, way):
    question = CustomRegistrationFieldFactory(event=event, kind=KIND.MULTIPLE, choices="Tea\nCoffee")
    api.patch(f"/registrants/{rid}", {"custom_fields": {f"c_{question.pk}": ["Tea"]}})
    if state == "waiting":
        full = SessionFactory(event=event, capacity=0)
        api.post("/waitlist-items", {"registrant_id": rid, "session_id": full.pk})
    elif state != "confirmed":
        begin(event)
        assert set_status(api, rid, state).status_code == 200
    record = said(api, rid)
    before = rows_of_every_table()
    if way == "form":
        blank = {name: "" for name, value in record.items() if value is None}
        record = {**record, **blank, "lines": "", "custom_fields": ""}
        record[f"c_{question.pk}[]"] = ["Tea"]
    answer = api.put(f"/registrants/{rid}", record, form=way == "form")
    assert answer.status_code == 200, answer.content
    assert answer.json() == said(api, rid)
    assert changed_tables(before) == set()


def test_refuses_what_other_calls_change(api, event, rid):
    other = SessionFactory(event=event)
    wrong = {
        "event_id": EventFactory().pk,
        "session_ids": [other.pk],
        "waitlisted_session_ids": [other.pk],
        "pass_id": PassFactory().pk,
    }
    before = rows_of_every_table()
    answer = api.put(f"/registrants/{rid}", {**said(api, rid), **wrong})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, set(wrong))
    assert rows_of_every_table() == before


# The status


def test_attended_checks_in_and_confirmed_takes_it_back(api, rid):
    assert set_status(api, rid, "attended").json()["registration_status"] == "attended"
    assert CheckIn.objects.inside().get().session is None
    assert set_status(api, rid, "confirmed").json()["registration_status"] == "confirmed"
    assert CheckIn.objects.get().undone_at is not None
    verbs = Activity.objects.filter(verb__startswith="check").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["checked_in", "check_in_undone"]


def test_no_show_is_a_dated_mark_that_an_entry_outweighs(api, event, rid):
    begin(event)
    answer = set_status(api, rid, "no_show").json()
    assert answer["registration_status"] == "no_show"
    assert answer["no_show_at"] is not None
    listed = api.get("/registrants", registration_status="no_show").json()["items"]
    assert [row["id"] for row in listed] == [rid]
    entry = api.post("/check-ins", {"registrant_id": rid}).json()
    assert (said(api, rid)["registration_status"], said(api, rid)["no_show_at"]) == ("attended", None)
    refused = set_status(api, rid, "no_show")
    assert (refused.status_code, refused.json()["code"]) == (409, "checked_in")
    api.delete(f"/check-ins/{entry['id']}")
    set_status(api, rid, "no_show")
    assert set_status(api, rid, "confirmed").json()["no_show_at"] is None


@pytest.mark.parametrize(
    ("first", "then", "status", "code"),
    [
        ("confirmed", "no_show", 409, "not_begun"),
        ("cancelled", "confirmed", 409, "cancelled"),
        ("cancelled", "attended", 409, "cancelled"),
        ("confirmed", "waitlisted", 422, "invalid"),
        ("confirmed", "pending", 422, "invalid"),
        ("confirmed", "gone", 422, "invalid"),
    ],
)
def test_refuses_a_status_that_cannot_follow(api, rid, first, then, status, code):
    assert set_status(api, rid, first).status_code == 200
    before = rows_of_every_table()
    answer = set_status(api, rid, then, company="Other")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert rows_of_every_table() == before


def test_does_not_take_back_what_a_sessions_door_saw(api, session, rid, django_user_model):
    from events.actors import Actor

    check_in(EventRegistration.objects.get(), session, actor=Actor.api(api.client))
    answer = set_status(api, rid, "confirmed")
    assert (answer.status_code, answer.json()["code"], answer.json()["session_ids"]) == (
        409,
        "checked_in",
        [session.pk],
    )


def test_cancelled_cancels_and_keeps_what_else_was_said(api, rid):
    answer = set_status(api, rid, "cancelled", company="Other", send_email=0).json()
    assert (answer["registration_status"], answer["company"], answer["session_ids"]) == (
        "cancelled",
        "Other",
        [],
    )
    assert not Notification.objects.filter(kind="cancelled").exists()
