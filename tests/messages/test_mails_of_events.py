"""Reminders go out once and in time; an organizer's own paragraph stands in each mail of its kind."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail as mailbox
from django.test import Client
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.actions.sending.reminders import WITH_OWN_WORDS
from registrations.links import manage_token
from registrations.mail import NoLongerTrue, render, send_due
from registrations.mail.samples import Samples
from registrations.models import Activity, EventRegistration, MailWords, Notification, ReminderRound
from tests.admin_forms.paper import read
from tests.admin_panels.conftest import desk, event, grant, session  # noqa: F401
from tests.admin_panels.helpers import fill, person
from tests.factories import SessionFactory, at
from tests.mail import scenes

pytestmark = pytest.mark.django_db
KINDS = ("registered", "cancelled")


def reminders() -> list[str]:
    rows = Notification.objects.filter(kind="reminder").order_by("contact__email")
    return [row.contact.email for row in rows]


def change(event, who, **more):  # noqa: F811
    wanted = {"event_hours": 24, "session_minutes": None, "paragraphs": {}, **more}
    actions.change_mails(event, actions.Mails(**wanted), actor=Actor.staff(who))


def test_reminds_of_the_event_once_a_day_before(event, session):  # noqa: F811
    fill(session, 2)
    begins = session.starts_at
    actions.write_reminders(begins - timedelta(hours=24, minutes=1))
    assert reminders() == []
    for _again in range(2):
        actions.write_reminders(begins - timedelta(hours=24))
    assert reminders() == [person(1).email, person(2).email]
    actions.write_reminders(begins - timedelta(minutes=1))
    assert len(reminders()) == 2


def test_reminds_nobody_who_came_after_its_time_or_has_gone(event, session, alice):  # noqa: F811
    fill(session, 2)
    gone = EventRegistration.objects.order_by("pk").first()
    actions.cancel_event_registrations([gone], actor=Actor.staff(alice), notify=False)
    late = event.starts_at - timedelta(hours=3)
    actions.submit_agenda(event, person(3), [session], notify=False, at=late)
    actions.write_reminders(late)
    assert reminders() == [person(2).email]


@pytest.mark.parametrize("change_of", ["moved", "cancelled", "stopped", "off", "begun"])
def test_reminds_of_nothing_that_is_not_so(event, session, alice, change_of):  # noqa: F811
    fill(session, 1)
    when = session.starts_at - timedelta(hours=1)
    if change_of == "moved":
        actions.write_reminders(when)
        scenes.move(session, starts_at=at(15), ends_at=at(16))
        assert "15:00" in render(Notification.objects.get(kind="reminder"), at=when).subject
        actions.write_reminders(when)
        scenes.move(session, starts_at=at(15, day=1), ends_at=at(16, day=1))
        with pytest.raises(NoLongerTrue, match="moved"):
            render(Notification.objects.get(kind="reminder"), at=when)
        actions.write_reminders(when)
        assert len(reminders()) == 1
        actions.write_reminders(session.starts_at - timedelta(hours=1))
        assert len(reminders()) == 2
        return
    if change_of == "cancelled":
        actions.cancel_event(event, actor=Actor.staff(alice), notify=False)
    elif change_of == "stopped":
        actions.stop(event, actor=Actor.staff(alice))
    elif change_of == "off":
        change(event, alice, event_hours=None)
    else:
        when = session.starts_at
    actions.write_reminders(when)
    assert reminders() == []


def test_reminds_each_person_before_the_first_session_of_theirs(event, session):  # noqa: F811
    """Whoever comes on the second day only is reminded on the first; whoever comes on both is reminded once."""
    second = SessionFactory(event=event, name="Second day", starts_at=at(11, day=1), ends_at=at(12, day=1))
    fill(session, 1)
    actions.submit_agenda(event, person(1), [second])
    actions.submit_agenda(event, person(2), [second])
    actions.write_reminders(session.starts_at - timedelta(hours=24))
    assert reminders() == [person(1).email]
    first = render(Notification.objects.get(kind="reminder"), at=session.starts_at - timedelta(hours=23))
    day, others = first.body.split("On other days:")
    assert (session.name in day, "Second day" in day, "Second day" in others) == (True, False, True)
    actions.write_reminders(second.starts_at - timedelta(hours=24))
    actions.write_reminders(second.starts_at - timedelta(hours=23))
    assert reminders() == [person(1).email, person(2).email]


def test_reminders_are_declined_by_the_mail_programs_button_and_by_the_page(client, event, session):  # noqa: F811
    """Nothing personal opens at that address, and what concerns seats is told all the same."""
    fill(session, 1)
    when = session.starts_at - timedelta(hours=24)
    actions.write_reminders(when)
    mail = render(Notification.objects.get(kind="reminder"), at=when)
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in mail.body
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    path = urlsplit(address).path
    assert manage_token(EventRegistration.objects.get()) not in path
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with pytest.raises(NoLongerTrue, match="declined"):
        render(Notification.objects.get(kind="reminder"), at=when)
    scenes.move(session, starts_at=at(15), ends_at=at(16))
    assert "List-Unsubscribe" not in render(Notification.objects.get(kind="session_changed")).extra_headers
    page = client.get(path)
    assert "You get no reminders" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    Notification.objects.filter(kind="reminder").delete()
    ReminderRound.objects.all().delete()
    when += timedelta(hours=10)
    actions.write_reminders(when)
    assert reminders() == []
    assert client.post(path, {"reminders": "wanted"}).status_code == 302
    ReminderRound.objects.all().delete()
    actions.write_reminders(when)
    assert reminders() == [person(1).email]
    for broken in (path[:-3] + "x/", path.replace(event.slug, "other")):
        assert client.post(broken).status_code == 404


def test_reminds_of_sessions_where_that_is_wanted(event, session, alice):  # noqa: F811
    fill(session, 1)
    change(event, alice, event_hours=None, session_minutes=15)
    actions.write_reminders(session.starts_at - timedelta(minutes=16))
    assert reminders() == []
    actions.write_reminders(session.starts_at - timedelta(minutes=15))
    actions.write_reminders(session.starts_at - timedelta(minutes=14))
    assert reminders() == [person(1).email]
    assert Notification.objects.get(kind="reminder").session == session


def test_a_killed_round_is_finished_and_tells_nobody_twice(event, session):  # noqa: F811
    """The round is closed after its last row: who was written before is known by the key."""
    fill(session, 2)
    actions.write_reminders(event.starts_at - timedelta(hours=1))
    ReminderRound.objects.all().delete()
    Notification.objects.filter(kind="reminder").order_by("-pk").first().delete()
    actions.write_reminders(event.starts_at - timedelta(hours=1))
    assert reminders() == [person(1).email, person(2).email]


def test_own_paragraph_stands_in_the_mails_of_its_kind_only(event, session, alice):  # noqa: F811
    change(event, alice, paragraphs={"registered": "Bring **boots**, {first_name}.", "cancelled": ""})
    actions.submit_agenda(event, person(1), [session])
    send_due()
    actions.cancel_event_registrations(EventRegistration.objects.all(), actor=Actor.staff(alice))
    send_due()
    told, cancelled = mailbox.outbox
    assert "Bring boots, Guest." in told.body
    assert "Bring <strong>boots</strong>, Guest." in told.alternatives[0][0]
    assert "boots" not in cancelled.body
    [line] = Activity.objects.filter(verb="mails_changed")
    assert (line.user, line.detail["changed"]) == (alice, ["registered"])


def test_copies_bring_the_mails_along(event, alice):  # noqa: F811
    from registrations.queries.copying import Copying

    change(event, alice, event_hours=48, paragraphs={"registered": "Boots"})
    day = event.starts_at.date() + timedelta(days=7)
    [copy] = actions.copy_event(event, Copying("Next", "next", day), actor=Actor.staff(alice))
    assert copy.reminders.event_hours == 48
    assert list(MailWords.objects.filter(event=copy).values_list("paragraph", flat=True)) == ["Boots"]


def test_the_desks_page_shows_each_mail_and_changes_it(client, event, session, alice):  # noqa: F811
    client.force_login(alice)
    address = reverse("admin:event_mails", args=["event", event.pk])
    page = client.get(address)
    kinds = [mail["kind"] for mail in page.context["mails"]]
    assert len(kinds) == len(WITH_OWN_WORDS)
    form = read(page, "sw-confirm").data
    assert form["event_hours"] == ["24"]
    wrong = client.post(address, {**form, "registered": "{oops}", "session_minutes": "3"})
    assert wrong.status_code == 422
    assert "at least 5" in str(wrong.context["reminders"].errors) or "greater than or equal to 5" in str(
        wrong.context["reminders"].errors
    )
    wrong = client.post(address, {**form, "registered": "{oops}"})
    assert "There is no {oops}" in wrong.content.decode()
    assert not MailWords.objects.exists()
    assert page.content.decode().count("Empty or 0: off.") == 2
    for off in ("0", ""):
        client.post(address, {**form, "event_hours": "5", "session_minutes": "5"})
        saved = client.post(
            address, {**form, "registered": "Boots", "event_hours": off, "session_minutes": off}
        )
        assert saved.status_code == 302
        shown = read(client.get(address), "sw-confirm").data
        assert (shown["event_hours"], shown["session_minutes"]) == ([""], [""])
    assert MailWords.objects.get().paragraph == "Boots"


def test_a_paragraph_stands_in_every_mail_but_in_messages_and_codes(event, session, alice):  # noqa: F811
    change(event, alice, paragraphs={"registered": "Bring **boots**.", "every": "Stay dry, {first_name}."})
    actions.submit_agenda(event, person(1), [session])
    actions.cancel_event_registrations(EventRegistration.objects.all(), actor=Actor.staff(alice))
    told, cancelled = (render(Notification.objects.get(kind=kind), checked=False) for kind in KINDS)
    assert told.body.index("Bring boots.") < told.body.index("Stay dry, Guest.")
    assert "Bring" not in cancelled.body
    assert "<p>Stay dry, Guest.</p>" in cancelled.alternatives[0][0]


@pytest.mark.once
def test_the_desk_shows_each_mail_as_it_is_written_just_now(client, event, session, alice):  # noqa: F811
    client.force_login(alice)
    form = read(client.get(reverse("admin:event_mails", args=["event", event.pk])), "sw-confirm").data
    typed = {
        **form,
        "reminder": "Wear <script>x</script> **Boots**, {first_name}",
        "every": "Stay dry",
        "language": "de",
    }
    for kind in WITH_OWN_WORDS:
        address = reverse("admin:mail_preview", args=["event", event.pk, kind.value])
        page = client.post(address, typed)
        html = page.content.decode()
        assert (page.status_code, page["X-Frame-Options"]) == (200, "SAMEORIGIN")
        assert "<p>Stay dry</p>" in html
        assert ("<strong>Boots</strong>, Alex" in html) == (kind == "reminder")
        assert "<script>" not in html
        assert '<html lang="de"' in html
        assert "Stay dry" not in client.get(address).content.decode()
    assert not MailWords.objects.exists()


@pytest.mark.parametrize("kind", [kind for kind in Notification.Kind if kind != "message"])
def test_samples_leave_no_gap(event, kind):  # noqa: F811
    """Each mail greets its invented reader and names event or session; nothing is missing in it."""
    text = Samples(event).text(kind)
    assert "Hello Alex," in text
    assert "None" not in text
    assert "{" not in text
