"""The desk's lists and pages of registrations, mails and the ledger: to look at, within one's own events."""

from __future__ import annotations

import pytest
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.mail import send_due
from registrations.models import Activity, EventRegistration, Notification
from tests.admin_panels.helpers import fill, person, text
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory

pytestmark = pytest.mark.django_db

LISTS = [
    "registrations_eventregistration",
    "registrations_sessionregistration",
    "registrations_attendeepass",
    "registrations_checkin",
    "registrations_activity",
    "registrations_notification",
    "waitlists_waitlistitem",
]


def page_of(row):
    """Return the address of a row's page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 12])
def test_list_needs_few_queries_for_any_number(
    client, alice, event, name, count, django_assert_max_num_queries
):
    session = SessionFactory(event=event, capacity=count)
    fill(session, count)
    for number in range(50, 50 + count):
        actions.submit_agenda(event, person(number), [session], wait=True)
    client.force_login(alice)
    with django_assert_max_num_queries(11):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_list_hides_strangers_events(client, staff, name):
    other = SessionFactory(event=EventFactory(name="Somebody else's"), capacity=1)
    actions.submit_agenda(other.event, person(1), [other])
    actions.submit_agenda(other.event, person(2), [other], wait=True)
    client.force_login(staff)
    response = client.get(reverse(f"admin:{name}_changelist"))
    assert response.status_code == 200
    assert "Somebody else" not in text(response)
    assert "guest00" not in text(response)


@pytest.mark.parametrize("name", LISTS)
def test_list_offers_neither_add_nor_delete(client, alice, name):
    client.force_login(alice)
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403


def test_person_page_shows_everything(client, staff, event, full_session):
    question = CustomRegistrationFieldFactory(event=event, label="Boat")
    other = SessionFactory(event=event, name="Knots under load")
    eve = person(70)
    attendee = type(eve)(eve.email, "Eve", "Evans", responses={question.pk: "Dinghy"})
    actions.submit_agenda(event, attendee, [other, full_session], wait=True)
    client.force_login(staff)
    page = text(client.get(page_of(EventRegistration.objects.get(contact__email=eve.email))))
    for expected in (
        "Eve Evans",
        "Knots under load",
        "Practical seamanship",
        "Dinghy",
        "Joined the waitlist",
        "/me/",
    ):
        assert expected in page


def test_person_page_hides_personal_link_from_viewers(client, desk, full_session):
    desk.user_permissions.remove(*desk.user_permissions.filter(codename="change_eventregistration"))
    client.force_login(desk)
    page = text(client.get(page_of(EventRegistration.objects.first())))
    assert "/me/" not in page
    assert "Revoke" not in page


def test_revokes_personal_links_after_asking(client, staff, full_session):
    registration = EventRegistration.objects.first()
    client.force_login(staff)
    url = reverse("admin:registrations_eventregistration_revoke", args=[registration.pk])
    assert "stops working" in text(client.get(url))
    assert EventRegistration.objects.get(pk=registration.pk).link_version == 1
    client.post(url)
    assert EventRegistration.objects.get(pk=registration.pk).link_version == 2
    assert Activity.objects.get(verb="link_revoked").user == staff


def test_finds_no_link_of_strangers_to_revoke(client, staff):
    other = SessionFactory(event=EventFactory())
    actions.submit_agenda(other.event, person(1), [other])
    client.force_login(staff)
    url = reverse("admin:registrations_eventregistration_revoke", args=[EventRegistration.objects.get().pk])
    assert client.post(url).status_code == 404


def test_mail_page_shows_what_it_says(client, staff, session):
    actions.submit_agenda(session.event, person(1), [session])
    client.force_login(staff)
    mail = Notification.objects.get()
    page = text(client.get(page_of(mail)))
    assert "Practical seamanship" in page
    html = client.get(reverse("admin:registrations_notification_html", args=[mail.pk]))
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_mail_page_keeps_personal_links_from_viewers(client, desk, session):
    actions.submit_agenda(session.event, person(1), [session])
    desk.user_permissions.remove(*desk.user_permissions.filter(codename="change_notification"))
    client.force_login(desk)
    mail = Notification.objects.get()
    assert "/me/" not in text(client.get(page_of(mail)))
    assert client.get(reverse("admin:registrations_notification_html", args=[mail.pk])).status_code == 404


def test_sends_mails_again(client, staff, session):
    actions.submit_agenda(session.event, person(1), [session])
    client.force_login(staff)
    mail = Notification.objects.get()
    send_due()
    url = reverse("admin:registrations_notification_changelist")
    client.post(url, {"action": "send_again_action", "_selected_action": mail.pk})
    again = Notification.objects.exclude(pk=mail.pk).get()
    payload = {**mail.payload, "resent_by": "staff@example.com"}
    assert (again.kind, again.payload, again.sent_at) == (mail.kind, payload, None)
    assert again.dedup_key != mail.dedup_key


def test_ledger_page_shows_who_and_why(client, alice, staff, full_session):
    actions.add_to_session(
        full_session, [person(50)], actor=Actor.staff(alice), past_capacity=True, reason="VIP"
    )
    client.force_login(staff)
    page = text(client.get(page_of(Activity.objects.get(verb="added_past_capacity"))))
    assert "alice@example.com" in page
    assert "VIP" in page
    assert "11/10" in page
