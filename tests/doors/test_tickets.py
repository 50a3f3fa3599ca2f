"""Door codes where their holders see them: mail, personal page, result page; and what a photographed one opens."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from events.actors import ATTENDEE
from registrations import actions, door_codes
from registrations.links import manage_path, manage_token
from registrations.models import EventRegistration, Notification
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory
from tests.mail.reading import as_sent, text_of

pytestmark = pytest.mark.django_db
BOB = person("Bob")


def _registered(**event):
    claim(SessionFactory(event=EventFactory(slug="harbour", **event)), BOB, notify=True)
    return EventRegistration.objects.select_related("event").get()


def _mail():
    return as_sent(Notification.objects.get())


def test_mails_code_as_picture_of_its_own_and_to_be_typed():
    registration = _registered()
    mail = _mail()
    registration.refresh_from_db()
    said = door_codes.said(registration.door_code)
    assert f"Your code for the door: {said}" in text_of(mail).splitlines()
    html = text_of(mail, "html")
    assert said in html
    [shown] = re.findall(r'src="cid:([^"]+)"', html)
    [picture] = [part for part in mail.iter_attachments() if part["Content-ID"]]
    assert (picture["Content-ID"], picture.get_content_type()) == (f"<{shown}>", "image/png")
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == door_codes.qr_png(registration.door_code)
    # The calendar's file is left as it was.
    assert [part.get_filename() for part in mail.iter_attachments()] == ["door-code.png", "agenda.ics"]


def test_shows_mail_with_its_picture_on_the_desk(client, django_user_model):
    _registered()
    # What is only looked at makes no code; what was sent has one.
    notification = Notification.objects.get()
    client.force_login(django_user_model.objects.create_superuser("root@example.com", "x"))
    url = reverse("admin:registrations_notification_html", args=[notification.pk])
    assert "cid:" not in client.get(url).content.decode()
    assert not EventRegistration.objects.exclude(door_code=None).exists()
    as_sent(notification)
    page = client.get(url).content.decode()
    assert "data:image/png;base64," in page
    assert "cid:" not in page


@pytest.mark.parametrize("what", ["webinar", "waitlisted"])
def test_mails_no_code_where_there_is_no_door_to_pass(what):
    registration = _registered(format="webinar" if what == "webinar" else "on_site")
    if what == "waitlisted":
        EventRegistration.objects.update(status="waitlisted")
    mail = _mail()
    assert "code for the door" not in text_of(mail)
    assert "cid:" not in text_of(mail, "html")
    registration.refresh_from_db()
    assert registration.door_code is None


def test_shows_ticket_on_personal_page_and_result(client):
    registration = _registered()
    page = client.get(manage_path(registration)).content.decode()
    registration.refresh_from_db()
    assert door_codes.said(registration.door_code) in page
    assert door_codes.qr_svg(registration.door_code) in page
    result = reverse("manage_result", args=["harbour", manage_token(registration)])
    assert door_codes.said(registration.door_code) in client.get(result).content.decode()


def test_shows_other_code_once_links_are_revoked(client):
    registration = _registered()
    before = actions.door_code_of(registration)
    actions.revoke_links(registration, actor=ATTENDEE)
    registration.refresh_from_db()
    page = client.get(manage_path(registration)).content.decode()
    registration.refresh_from_db()
    assert registration.door_code != before
    assert door_codes.said(before) not in page


def test_opens_nothing_with_a_photographed_badge(client):
    registration = _registered()
    code = actions.door_code_of(registration)
    token = manage_token(registration)
    assert code not in token
    for photographed in (code, door_codes.said(code), door_codes.written(code), code.lower()):
        for name in ("manage", "manage_details", "manage_calendar", "manage_cancel"):
            page = client.get(reverse(name, args=["harbour", photographed]))
            assert page.status_code == 404
            assert BOB.email not in page.content.decode()
    # Neither does what other systems are told of the registration.
    for known in (registration.pk, registration.uuid, registration.uuid.hex, f"{registration.uuid.hex}.1"):
        assert client.get(reverse("manage", args=["harbour", known])).status_code == 404
