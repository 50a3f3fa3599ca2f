"""Organizers write to people: once to each, stopped while it goes, and to nobody who does not want it."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest
from django.contrib.messages import get_messages
from django.core import mail as mailbox
from django.urls import reverse
from django.utils import timezone

from events.actors import Actor
from events.errors import Invalid, Refusal
from registrations import actions
from registrations.actions.sending import messages as sending
from registrations.actions.sending import outbox
from registrations.admin.messages.pages import figures_of
from registrations.links import messages_url
from registrations.mail import send_due
from registrations.models import Activity, AttendeePass, EventRegistration, Message, Notification
from tests.admin_forms.paper import read
from tests.admin_panels.conftest import desk, event, full_session, grant, session, staff  # noqa: F401
from tests.admin_panels.helpers import fill, person, tab, verb_url
from tests.factories import PassFactory

pytestmark = pytest.mark.django_db
WORDS = actions.Words(uuid.UUID(int=7), "Boots for {event}", "Hello {first_name}, see {link}")


@pytest.fixture
def people(session):  # noqa: F811
    """Three people with a seat; the mails that told them have left."""
    fill(session, 3)
    return list(EventRegistration.objects.order_by("pk"))


def ids(people) -> list[int]:
    return [registration.contact_id for registration in people]


def mails(**narrowed):
    return Notification.objects.filter(kind="message", **narrowed)


def test_each_person_gets_one_mail_however_often_the_form_is_sent(event, people, staff):  # noqa: F811
    actor = Actor.staff(staff)
    first = actions.send_message(event, ids(people)[:2], WORDS, actor=actor)
    assert actions.send_message(event, ids(people), WORDS, actor=actor) == first
    send_due()
    assert sorted(mail.to[0] for mail in mailbox.outbox) == [person(n).email for n in (1, 2, 3)]
    assert {mail.subject for mail in mailbox.outbox} == {"Boots for Harbour Conf"}
    [line] = Activity.objects.filter(verb="message_sent")
    assert (line.user, line.event, line.detail["subject"]) == (staff, event, "Boots for {event}")


def test_leaves_out_who_was_erased_is_gone_or_wants_none(event, people, staff):  # noqa: F811
    erased, gone, declined = people
    fill(event.sessions.get(), 1, start=4)
    actions.erase_contact(erased.contact, actor=Actor.staff(staff))
    actions.cancel_event_registrations([gone], actor=Actor.staff(staff), notify=False)
    actions.decline_messages(event, declined.contact, True)
    everybody = [*people, EventRegistration.objects.get(contact__email=person(4).email)]
    actions.send_message(event, ids(everybody), WORDS, actor=Actor.staff(staff))
    assert [mail.contact.email for mail in mails()] == [person(4).email]


def test_writes_to_those_who_cancelled_where_it_is_for_them(client, event, people, staff):  # noqa: F811
    erased, gone, declined = people
    actor = Actor.staff(staff)
    actions.cancel_event_registrations(people, actor=actor, notify=False)
    actions.erase_contact(erased.contact, actor=actor)
    actions.decline_messages(event, declined.contact, True)
    actions.send_message(event, ids(people), WORDS, actor=actor, even_gone=True)
    send_due()
    [mail] = mailbox.outbox
    assert mail.to == [gone.contact.email]
    link = urlsplit(mail.extra_headers["List-Unsubscribe"].strip("<>")).path
    assert client.post(link).status_code == 302
    assert "You get no messages" in client.get(link).content.decode()


def test_many_are_written_by_the_worker_portion_by_portion(monkeypatch, event, people, staff):  # noqa: F811
    monkeypatch.setattr(sending, "PORTION", 1)
    actor = Actor.staff(staff)
    message = actions.send_message(event, ids(people), WORDS, actor=actor)
    assert figures_of([message])[message.pk] == {"total": 3, "sent": 0, "ended": 0, "waiting": 3}
    assert [mails().count(), message.portions.count()] == [1, 2]
    actions.decline_messages(event, people[2].contact, True)
    asked = iter([False, True])
    assert actions.write_messages(should_stop=lambda: next(asked)) == 1
    assert [mails().count(), message.portions.count()] == [2, 1]
    assert actions.write_messages() == 1
    assert actions.write_messages() == 0
    assert sorted(mails().values_list("contact", flat=True)) == ids(people)[:2]
    assert figures_of([message])[message.pk]["total"] == 2


def test_stopping_withdraws_what_is_not_written_yet(monkeypatch, event, people, staff):  # noqa: F811
    monkeypatch.setattr(sending, "PORTION", 1)
    message = actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff))
    assert actions.stop_message(message, actor=Actor.staff(staff)) == 3
    assert actions.write_messages() == 0
    assert mails(given_up_at=None).count() == 0


def test_is_not_sent_to_whoever_cancelled_before_it_left(event, people, staff):  # noqa: F811
    actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff))
    actions.cancel_event_registrations(people[:1], actor=Actor.staff(staff), notify=False)
    send_due()
    assert len(mailbox.outbox) == 2
    [closed] = mails(sent_at=None)
    assert "neither registered nor waiting" in closed.last_error


def test_stops_while_it_goes(event, people, staff):  # noqa: F811
    message = actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff))
    send_due(limit=1)
    assert actions.stop_message(message, actor=Actor.staff(staff)) == 2
    assert actions.stop_message(message, actor=Actor.staff(staff)) == 0
    send_due()
    assert len(mailbox.outbox) == 1
    with pytest.raises(Refusal):
        actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff))
    [line] = Activity.objects.filter(verb="message_stopped")
    assert line.detail["withdrawn"] == 2


def test_a_mail_in_hand_while_the_message_is_stopped_does_not_leave(event, people, staff):  # noqa: F811
    message = actions.send_message(event, ids(people)[:1], WORDS, actor=Actor.staff(staff))
    [in_hand] = outbox.lease_due(1)
    actions.stop_message(message, actor=Actor.staff(staff))
    from registrations.mail import NoLongerTrue, render

    with pytest.raises(NoLongerTrue):
        render(in_hand)


def test_what_concerns_seats_leaves_first(event, people, session, staff):  # noqa: F811
    actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff))
    actions.submit_agenda(event, person(9), [session])
    assert [mail.kind for mail in outbox.lease_due(2)] == ["registered", "message"]


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("", "Hello", "subject"),
        ("Hello", " ", "body"),
        ("{frist_name}", "Hello", "subject"),
        ("Hello", "{event.created_by.password}", "body"),
        ("x" * 201, "Hello", "subject"),
    ],
)
def test_refuses_at_the_field_what_cannot_be_written(event, people, staff, subject, body, field):  # noqa: F811
    with pytest.raises(Invalid) as refused:
        actions.send_message(
            event, ids(people), actions.Words(uuid.uuid4(), subject, body), actor=Actor.staff(staff)
        )
    assert list(refused.value.data["fields"]) == [field]
    assert not Message.objects.exists()


# The desk


@pytest.fixture
def write(client, event, people, staff):  # noqa: F811
    """Return a function that sends the page of the message as its buttons do."""
    client.force_login(staff)
    url = verb_url(event, "event_registrations", "message")
    form = read(client.post(url, {"row": [people[0].pk, people[1].pk]}), "sw-confirm").data

    def send(step: str, **typed):
        return client.post(
            url, {**form, "subject": "Boots", "body": "Hello **{name}**", **typed, "step": step}
        )

    return send


def test_shows_the_message_as_one_of_its_readers_and_sends_nothing(write, people):
    page = write("look", reader=people[1].pk)
    text = page.content.decode()
    assert "2 people get it." in text
    assert "As Guest Number002 sees it" in text
    assert "Hello <strong>Guest Number002</strong>" in text
    assert not Notification.objects.filter(kind="message").exists()


def test_mails_a_test_to_whoever_writes_it_only(write, staff):  # noqa: F811
    assert write("test").status_code == 200
    [mail] = mailbox.outbox
    assert (mail.to, mail.subject) == ([staff.email], "[Test] Boots")
    assert not Notification.objects.filter(kind="message").exists()


def test_sends_to_those_chosen_and_shows_how_far_it_is(client, write, people):
    answer = write("send")
    assert write("send")["Location"] == answer["Location"]
    assert mails().count() == 2
    page = client.get(answer["Location"])
    assert "0 of 2 mails sent, 2 on their way" in " ".join(page.content.decode().split())
    stopped = client.post(answer["Location"])
    assert [str(said) for said in get_messages(stopped.wsgi_request)] == ["Stopped. 2 mails were withdrawn."]
    assert mails(given_up_at=None).count() == 0


def test_sends_to_everybody_in_the_filter(client, write, event, people):  # noqa: F811
    write("send", row=[], across="1", parameters="q=Number003")
    assert [mail.contact_id for mail in mails()] == ids(people)[2:]


def test_says_at_the_field_which_placeholder_there_is_not(write):
    page = write("send", body="Dear {nobody}")
    assert page.status_code == 422
    [said] = page.context["form"].errors["body"]
    assert said.startswith("There is no {nobody}. You can write {first_name}")
    assert not Message.objects.exists()


def test_a_name_is_never_read_as_markup(event, session, staff):  # noqa: F811
    from registrations.rules.people import Attendee

    actions.submit_agenda(event, Attendee("m@example.com", "<b>M", "{link}"), [session], notify=False)
    registration = EventRegistration.objects.get(contact__email="m@example.com")
    body = 'Hello {name} [here]({link} "{name}") <img src=x onerror=alert(1)>'
    actions.send_message(
        event,
        [registration.contact_id],
        actions.Words(uuid.uuid4(), "{name}", body),
        actor=Actor.staff(staff),
    )
    send_due()
    [mail] = mailbox.outbox
    html = mail.alternatives[0][0]
    assert "&lt;b&gt;M {link}" in html
    assert "<b>M" not in html
    assert "onerror" not in html
    assert '<a href="http' in html.partition("Hello")[2].partition(">here<")[0]
    assert mail.subject == "<b>M {link}"


def test_strangers_see_and_stop_nothing(client, write, event, people, grant):  # noqa: F811
    from tests.admin_panels.conftest import STAFF_PERMISSIONS
    from tests.factories import UserFactory

    address = write("send")["Location"]
    mallory = UserFactory()
    grant(mallory, *STAFF_PERMISSIONS)
    client.force_login(mallory)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 404
    assert mails(given_up_at=None).count() == 2


# The person's own word


def test_a_person_declines_messages_by_the_link_and_by_the_mail_programs_button(
    client,
    event,  # noqa: F811
    people,
    staff,  # noqa: F811
):
    from django.test import Client

    registration = people[0]
    address = messages_url(registration).partition("testserver")[2] or messages_url(registration)
    path = reverse("manage_messages", args=[event.slug, address.rstrip("/").split("/")[-2]])
    strict = Client(enforce_csrf_checks=True)
    actions.send_message(event, ids(people)[:1], WORDS, actor=Actor.staff(staff))
    send_due()
    [mail] = mailbox.outbox
    assert mail.extra_headers["List-Unsubscribe"].endswith(f"{path}>")
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "You get no messages" in client.get(path).content.decode()
    again = actions.Words(uuid.uuid4(), "Again", "Hello")
    actions.send_message(event, ids(people), again, actor=Actor.staff(staff))
    assert mails(sent_at=None).count() == 2
    client.post(path, {"messages": "wanted"})
    assert "You get no messages" not in client.get(path).content.decode()


def test_the_list_of_registrations_offers_it(client, event, people, staff):  # noqa: F811
    client.force_login(staff)
    assert "Send a message" in client.get(tab(event)).content.decode()


@pytest.fixture
def panels(event, session, people, staff):  # noqa: F811
    """Each list of people with one of them: who came in, who cancelled, and who has a pass."""
    actor = Actor.staff(staff)
    came, cancelled, holder = people
    actions.check_in(came, actor=actor)
    actions.check_in(came, session, actor=actor)
    actions.cancel_event_registrations([cancelled], actor=actor, notify=False)
    bought = PassFactory(event=event)
    bought.sessions.add(session)
    AttendeePass.objects.create(event_pass=bought, event_registration=holder, issued_at=timezone.now())
    return {
        (event, "event_check_ins"): came,
        (session, "session_check_ins"): came,
        (event, "event_cancelled"): cancelled,
        (session, "session_cancelled"): cancelled,
        (event, "event_passes"): holder,
        (session, "session_via_pass"): holder,
    }


def test_every_list_of_people_offers_it_and_writes_to_its_own(client, panels, staff):  # noqa: F811
    client.force_login(staff)
    for (target, panel), registration in panels.items():
        url = verb_url(target, panel, "message")
        everybody = {"across": "1", "parameters": ""}
        form = read(client.post(url, everybody), "sw-confirm").data
        sent = client.post(url, {**form, "subject": panel, "body": "Hello {name}", "step": "send"})
        told = Message.objects.get(subject=panel).activity.notifications.values_list("contact", flat=True)
        assert (sent.status_code, list(told)) == (302, [registration.contact_id]), panel
        slug = "doors" if panel == "event_check_ins" else "registration"
        assert url in client.get(tab(target, slug)).content.decode(), panel


def test_fifty_thousand_rows_take_few_statements(event, people, staff, django_assert_max_num_queries):  # noqa: F811
    with django_assert_max_num_queries(14):
        actions.send_message(event, ids(people), WORDS, actor=Actor.staff(staff), at=timezone.now())
