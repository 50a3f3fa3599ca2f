"""What each mail says: outcome first, in the person's language and the event's zone, and only while it is true."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actors import SYSTEM
from events.models import Contact
from events.pictures import Reworked, keep
from registrations import actions
from registrations.links import manage_url, outcome_url
from registrations.mail import render
from registrations.mail.rendering import LETTERS
from registrations.models import Draw, EventRegistration, Notification
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, seat_of
from tests.factories import EventFactory, SessionFactory
from tests.mail import order_scenes, scenes
from tests.mail.reading import as_sent, text_of
from tests.mail.scenes import BOB, CAROL, SCENES

pytestmark = pytest.mark.django_db

MOVED = "Practical seamanship, Mon 12:30"
MONDAY_TEN = "Practical seamanship, Mon 10:00"
WAITING = "You are on the waitlist, number"
TWO_SEATS = "You have 2 seats, 1 on the waitlist: Harbour Conf"
TWO_MOVED = "2 of your sessions have changed: Harbour Conf"
WHERE = "Where: Room 2 · Harbour Hall, Quay 12, 3011 AA Rotterdam"
WHEN = "When: Monday 5 May, 10:00–11:00, Europe/Amsterdam (CEST)"
ON_HOLD = "  On hold until the event has a seat for you"
LEAVE = "See or leave your place in line:"
WAS = "Mon 5 May, 10:00–11:00"
ENDED = "The organizer has ended your place in line."
# Each story, the subject of its mail, the name of the file attached, and a line the text must have.
SAID = [
    ("registered", f"You have a seat: {MONDAY_TEN}", "agenda.ics", WHERE),
    ("registered_for_several", TWO_SEATS, "agenda.ics", "Also on your agenda:"),
    ("registered_without_sessions", "You are registered: Harbour Conf", "", "Choose sessions:"),
    ("registered_by_pass", "You are registered: Harbour Conf", "", "What: Harbour Conf, Deck pass"),
    ("registered_to_wait", "You are on 2 waitlists: Harbour Conf", "", "  You are 1st in line"),
    ("waitlisted", f"{WAITING} 2 in line: {MONDAY_TEN}", "", "What: Practical seamanship"),
    ("waitlisted_for_several", "You are on 2 waitlists: Harbour Conf", "", "* Knots under load"),
    ("waitlisted_for_event", f"{WAITING} 1 in line: Harbour Conf", "", ON_HOLD),
    ("promoted", f"You have a seat: {MONDAY_TEN}", "agenda.ics", WHEN),
    ("promoted_at_event", "You are in: Harbour Conf", "agenda.ics", "* Practical seamanship"),
    ("drawn", f"You have a seat: {MONDAY_TEN}", "agenda.ics", "  You have a seat"),
    ("drawn_to_wait", f"{WAITING} 1 in line: {MONDAY_TEN}", "", "  You are 1st in line"),
    ("drawn_nothing", "The draw gave you no seat: Harbour Conf", "", "  Full in round 1, and nobody can wait for it"),
    ("invitation_taken", f"The seat is taken, you are number 1 in line: {MONDAY_TEN}", "", LEAVE),
    ("invitation_expired", f"Your invitation has expired: {MONDAY_TEN}", "", "Your invitation has expired"),
    ("cancelled", f"Your seat is cancelled: {MONDAY_TEN}", "cancelled.ics", "See your agenda:"),
    ("cancelled_by_staff", f"Your seat is cancelled: {MONDAY_TEN}", "cancelled.ics", "Reason given: Room is too small"),
    ("cancelled_everything", "Your registration is cancelled: Harbour Conf", "cancelled.ics", "See the event:"),
    ("removed_from_waitlist", f"You are no longer on the waitlist: {MONDAY_TEN}", "", ENDED),
    ("session_changed", f"New time: {MOVED}", "agenda.ics", "Before: Mon 5 May, 10:00–11:00"),
    ("session_changed_place", f"New place, Room 5: {MONDAY_TEN}", "agenda.ics", "Before: Room 2"),
    ("session_renamed", "New title: Seamanship for all, Mon 10:00", "agenda.ics", "Before: Practical seamanship"),
    ("sessions_changed", TWO_MOVED, "agenda.ics", f"  Before: {WAS} · Room 2"),
    ("session_changed_for_waiting", f"New time: {MOVED}", "", "You keep your place in line."),
    ("session_changed_for_invited", "New title: Seamanship for all, Mon 10:00", "", "Your invitation still stands."),
    ("sessions_changed_for_waiting", TWO_MOVED, "agenda.ics", "  On the waitlist"),
    ("session_cancelled", f"Cancelled: {MONDAY_TEN}", "cancelled.ics", "* Reading the tide"),
    ("session_cancelled_for_waiting", f"Cancelled: {MONDAY_TEN}", "", "Choose another session:"),
    ("event_cancelled", "Cancelled: Harbour Conf", "cancelled.ics", "Reason given: Storm"),
    ("link_requested", "Your link to Harbour Conf", "", "Open your agenda:"),
    ("reminder", "Soon: Harbour Conf, Mon 5 May, 10:00", "", "* Practical seamanship"),
    ("reminder_of_session", f"Soon: {MONDAY_TEN}", "", WHERE),
    ("message", "Boots, Bob", "", "* Practical seamanship, Mon 5 May, 10:00–11:00, Room 2"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "subject", "file", "line"), SAID)
def test_says_outcome_in_subject_text_and_html(story, subject, file, line):
    notification = SCENES[story]()
    mail = as_sent(notification)
    assert mail["Subject"] == subject
    assert line in text_of(mail).splitlines()
    files = [part.get_filename() for part in mail.iter_attachments() if part["Content-ID"] is None]
    assert files == [file] * bool(file)
    assert mail["To"] == notification.contact.email
    assert mail["From"] == "Harbour Conf <seatwise@localhost>"
    assert mail["Reply-To"] == "info@harbour.example"
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("story", [*SCENES])
def test_text_and_html_carry_same_link_and_no_leftovers(story):
    notification = SCENES[story]()
    mail = as_sent(notification)
    text, html = text_of(mail), text_of(mail, "html")
    registration = EventRegistration.objects.active().filter(contact=notification.contact).first()
    is_to_a_stranger = story == "address_code"
    if registration is not None:
        assert (manage_url(registration) in text) is not is_to_a_stranger
        assert (manage_url(registration) in html) is not is_to_a_stranger
    for body in (text, html):
        assert "{{" not in body
        assert "{%" not in body
        assert "None" not in body
    assert "&amp;" not in text
    assert "\n\n\n" not in text
    greeted = "Hello," if is_to_a_stranger else f"Hello {notification.contact.first_name},"
    assert greeted in text


@pytest.mark.parametrize("story", [*SCENES])
def test_reads_few_rows_to_render(story):
    notification = SCENES[story]()
    with CaptureQueriesContext(connection) as queries:
        render(notification)
    # Three of them ask what the person's calendar was told before, one how often each seat was taken, one what else the
    # person changed, one for the organizer's own words, and two make the code for the door where there is none yet.
    assert len(queries) <= 17


def test_every_kind_has_a_letter_and_a_story():
    assert set(LETTERS) == set(Notification.Kind.values)
    stories = [*SCENES, *order_scenes.SCENES]
    assert all(any(story.startswith(kind) for story in stories) for kind in LETTERS)


def test_outcome_of_a_draw_leads_to_what_became_of_each_wish(client):
    notification = scenes.drawn_nothing()
    draw = Draw.objects.get()
    address = outcome_url(notification.event_registration, draw)
    mail = as_sent(notification)
    assert f"What became of my wishes:\n{address}\n" in text_of(mail)
    assert f'href="{address}"' in text_of(mail, "html")
    page = client.get(address.removeprefix(settings.SITE_URL))
    assert page.context["outcome"].draw == draw


def test_invitation_names_deadline_in_events_zone_and_links_to_answer():
    notification = scenes.invited()
    item = scenes.item_of(notification.session, CAROL)
    local = item.expires_at.astimezone(notification.event.zone)
    mail = as_sent(notification)
    assert mail["Subject"] == f"A seat for you, answer by {local:%a %H:%M}: {MONDAY_TEN}"
    answer = f"/invitation/{item.uuid}/"
    assert answer in text_of(mail)
    assert answer in text_of(mail, "html")
    assert f"{local:%H:%M}, Europe/Amsterdam" in text_of(mail)


def test_invitation_of_several_says_so():
    assert "whoever accepts first gets it" in text_of(as_sent(scenes.invited(together=2)))


def test_date_is_in_subject_when_deadline_is_far_away():
    event = scenes.harbour_conf(auto_register_waitlisted=False, invitation_hours=700)
    session = scenes.seamanship(event, capacity=1)
    claim(session, BOB)
    actions.join_waitlist(session, CAROL)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=SYSTEM)
    deadline = scenes.item_of(session, CAROL).expires_at.astimezone(event.zone)
    shown = f"{deadline:%a} {deadline.day} {deadline:%b, %H:%M}"
    assert as_sent(scenes.latest("invited"))["Subject"].startswith(f"A seat for you, answer by {shown}:")


def test_speaks_language_of_contact():
    notification = scenes.registered()
    Contact.objects.filter(pk=notification.contact_id).update(language="de")
    mail = as_sent(notification)
    assert "Mo 10:00" in mail["Subject"]
    assert '<html lang="de" dir="ltr">' in text_of(mail, "html")


def test_speaks_default_language_to_contact_of_unknown_one():
    notification = scenes.registered()
    Contact.objects.filter(pk=notification.contact_id).update(language="tlh")
    assert '<html lang="en" dir="ltr">' in text_of(as_sent(notification), "html")


def test_name_with_line_break_makes_no_header():
    event = scenes.harbour_conf(name="Harbour\r\nBcc: mallory@example.org")
    claim(scenes.seamanship(event, name="Knots\nX-Evil: 1"), BOB)
    mail = as_sent(scenes.latest("registered"))
    assert mail["Subject"] == "You have a seat: Knots X-Evil: 1, Mon 10:00"
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None


def test_markup_in_names_is_shown_not_run():
    claim(scenes.seamanship(name="<script>alert(1)</script> & more"), BOB)
    mail = as_sent(scenes.latest("registered"))
    assert "<script>" not in text_of(mail, "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text_of(mail, "html")
    assert "What: <script>alert(1)</script> & more" in text_of(mail)


def test_very_long_name_keeps_subject_short():
    claim(scenes.seamanship(name="word " * 50), BOB)
    assert len(as_sent(scenes.latest("registered"))["Subject"]) < 130


def test_unreadable_accent_falls_back_to_teal():
    claim(scenes.seamanship(scenes.harbour_conf(accent_colour="#ffff00")), BOB)
    html = text_of(as_sent(scenes.latest("registered")), "html")
    assert "#ffff00" not in html
    assert "border-top:6px solid #0f766e" in html


def test_message_id_is_the_rows_own():
    one = scenes.registered()
    assert as_sent(one)["Message-ID"] == as_sent(one)["Message-ID"]
    other = scenes.waitlisted()
    assert as_sent(one)["Message-ID"] != as_sent(other)["Message-ID"]


def test_mail_about_several_seats_leaves_out_those_given_up():
    notification = scenes.registered_for_several()
    taken = Session.objects.get(name="Reading the tide")
    actions.submit_agenda(notification.event, BOB, [], [taken], notify=False)
    mail = as_sent(notification)
    assert mail["Subject"] == "You have 1 seat, 1 on the waitlist: Harbour Conf"
    assert "Reading the tide" not in text_of(mail)


def test_cancelled_session_offers_no_alternative_that_is_full_meanwhile():
    notification = scenes.session_cancelled()
    other = Session.objects.get(name="Reading the tide")
    actions.change_capacity(other, 0, actor=SYSTEM)
    assert "Reading the tide" not in text_of(as_sent(notification))


def test_person_without_registration_gets_link_to_event_page():
    notification = scenes.event_cancelled()
    assert not EventRegistration.objects.active().filter(contact=contact_of(BOB)).exists()
    assert "/me/" not in text_of(as_sent(notification))


def test_event_without_contact_address_asks_no_questions():
    claim(SessionFactory(event=EventFactory(contact_email="")), BOB)
    mail = as_sent(scenes.latest("registered"))
    assert mail["Reply-To"] is None
    assert "Questions?" not in text_of(mail)


def test_shows_the_events_logo_by_its_address_and_small(settings):
    event = scenes.harbour_conf()
    pixel = Reworked(b"logo", b"", "png", 880, 240)
    event.logo = keep(pixel, event, alt="Harbour Conf, an anchor")
    event.save()
    claim(scenes.seamanship(event), BOB)
    html = text_of(as_sent(scenes.latest("registered")), "html")
    assert f'src="{settings.SITE_URL}{event.logo.small_url}" width="176" height="48"' in html
    assert 'alt="Harbour Conf, an anchor"' in html
    assert "anchor" not in text_of(as_sent(scenes.latest("registered")))
