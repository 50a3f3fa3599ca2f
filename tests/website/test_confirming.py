"""Where an event wants confirmed addresses, nobody registers before a code that was mailed there is typed in."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.errors import Invalid
from events.models import Contact, Event
from registrations.actions import forget_old_codes, mail_code, prove_by_code
from registrations.mail import MailServer, send_due
from registrations.models import AddressMail, EventRegistration
from registrations.models.address_codes import LASTS, MOST_TRIES
from tests.factories import EventFactory, SessionFactory
from tests.website.clicks import choose, finish, held, mine, registered, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = "/harbour/register/address/"
REGISTER = "/harbour/register/"
Purpose = AddressMail.Purpose


@pytest.fixture
def event(event):
    Event.objects.filter(pk=event.pk).update(allow_anonymous_registration=False)
    event.refresh_from_db()
    return event


@pytest.fixture
def knots(event):
    return SessionFactory(event=event, name="Knots", capacity=2)


def shown(client, answer):
    """The page that the browser ends on."""
    return client.get(answer.url) if answer.status_code in {302, 303} else answer


def ask(client, email) -> str:
    """Have a code mailed; return the address of the page that asks for it."""
    return client.post(ADDRESS, {"email": email}).url


def code_in_mail() -> str:
    """The code of the last mail that has one."""
    send_due()
    first_words = [message.subject.partition(" ")[0] for message in mail.outbox]
    return next(word for word in reversed(first_words) if word.isdigit())


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_registers_once_the_mailed_code_is_typed_in(client, event, knots, bob):
    choose(client, knots)
    assert client.get(REGISTER).url == ADDRESS
    # Nor does the form of an old page get around it.
    assert finish(client, event, bob).url == ADDRESS
    page = ask(client, " Bob@Example.com ")
    assert "is on its way to bob@example.com" in text(client.get(page))
    code = code_in_mail()
    assert (mail.outbox[-1].to, mail.outbox[-1].reply_to) == ([bob.email], [])
    assert "/me/" not in mail.outbox[-1].body
    assert "go on registering for Harbour Conf. It ends after 15 minutes." in mail.outbox[-1].body
    assert client.post(page, {"code": f" {code[:3]} {code[3:]} "}).url == REGISTER
    form = client.get(REGISTER).context["form"]
    assert (form["email"].value(), form.fields["email"].disabled) == (bob.email, True)
    # Whatever the browser sends in its place: the address is the confirmed one.
    finish(client, event, type(bob)("eve@example.com", "Bob", "Baker"))
    assert held(bob) == ["Knots"]
    assert not Contact.objects.filter(email="eve@example.com").exists()
    # Whoever comes next in this browser confirms an address of their own.
    client.cookies.pop("seatwise_me")
    assert client.get(REGISTER).status_code == 302
    choose(client, knots)
    assert client.get(REGISTER).url == ADDRESS


def test_known_and_unknown_addresses_are_answered_alike_until_the_code_is_right(client, event, knots, bob):
    registration = registered(event, bob, knots)
    said = []
    for email in (bob.email, "nobody@example.com"):
        page = ask(client, email)
        said.append(text(client.get(page)).replace(email, "ADDRESS"))
    assert said[0] == said[1]
    assert AddressMail.objects.count() == 2
    page = ask(client, bob.email)
    # Whoever has shown that it is theirs is let in at once.
    assert client.post(page, {"code": code_in_mail()}).url == mine("manage", registration)
    assert "You are registered here already" in text(client.get(mine("manage", registration)))


def test_wrong_codes_are_refused_by_get_and_five_of_them_end_it(client, event):
    page = ask(client, "bob@example.com")
    code = code_in_mail()
    for _ in range(MOST_TRIES):
        answer = client.post(page, {"code": wrong_for(code)})
        assert (answer.status_code, answer.url) == (303, page)
        again = client.get(page)
        assert (again.status_code, list(again.context["form"].errors)) == (422, ["code"])
    again = shown(client, client.post(page, {"code": code}))
    assert "This code has ended" in text(again)
    assert client.get(REGISTER).status_code == 302


def test_code_is_for_one_purpose_one_form_one_event_and_one_time(client, event, knots):
    other = EventFactory(slug="other", allow_anonymous_registration=False)
    mine_row = mail_code(Purpose.MINE, "bob@example.com")
    elsewhere = mail_code(Purpose.REGISTER, "bob@example.com", event=other)
    for row in (mine_row, elsewhere):
        # Not found: back to the first step, with no word of it.
        address = reverse("confirm_code", args=["harbour", row.uuid])
        assert client.post(address, {"code": row.code}).url == ADDRESS
    first, second = (mail_code(Purpose.REGISTER, f"{name}@example.com", event=event) for name in "ab")
    if first.code != second.code:
        with pytest.raises(Invalid):
            prove_by_code(first, second.code)
    assert prove_by_code(first, first.code) == "a@example.com"
    with pytest.raises(Invalid):
        prove_by_code(first, first.code)
    now = timezone.now()
    with pytest.raises(Invalid):
        prove_by_code(second, second.code, at=now + LASTS + timedelta(seconds=1))
    assert forget_old_codes(now + timedelta(hours=1)) == 0
    assert forget_old_codes(now + timedelta(days=2)) == 4


def test_two_tabs_are_two_codes_and_each_takes_its_own(client, event, knots, bob):
    choose(client, knots)
    pages = [ask(client, bob.email), ask(client, "robert@example.com")]
    send_due()
    codes = {message.to[0]: message.subject.partition(" ")[0] for message in mail.outbox}
    assert client.post(pages[0], {"code": codes[bob.email]}).url == REGISTER
    assert client.get(REGISTER).context["form"]["email"].value() == bob.email
    # The other tab has nothing left to confirm; what is typed is left as it is.
    assert client.post(pages[1], {"code": codes["robert@example.com"]}).url == ADDRESS
    assert finish(client, event, bob).status_code == 302
    assert held(bob) == ["Knots"]


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "This field is required"),
        ("bob", "Enter a valid email address"),
        ("b" * 10_000_000, "at most 254 characters"),
        ("bob@example.com\r\nBcc: eve@example.com", "Enter a valid email address"),
        ("\u202ebob@example.com", "Enter a valid email address"),
    ],
    ids=["empty", "no address", "10 MB", "a header", "turned around"],
)
def test_what_is_no_address_is_refused_at_its_field(client, event, email, says):
    form = urlencode({"email": email})
    answer = client.post(ADDRESS, form, content_type="application/x-www-form-urlencoded")
    page = shown(client, answer)
    assert (page.status_code, says in text(page)) == (422, True)
    assert not AddressMail.objects.exists()


def test_plus_addresses_and_umlauts_pass(client, event, knots):
    page = ask(client, "bob+harbour@exämple.org")
    assert "bob+harbour@exämple.org" in text(client.get(page))


def test_asking_is_limited_by_mailbox(client, event):
    for _ in range(5):
        assert client.post(ADDRESS, {"email": "bob@example.com"}).status_code == 302
    browser = Client()
    page = shown(browser, browser.post(ADDRESS, {"email": "bob@example.com"}))
    assert (page.status_code, "tried too often" in text(page)) == (429, True)
    assert page.context["form"]["email"].value() == "bob@example.com"
    assert AddressMail.objects.count() == 5


def test_forged_proof_is_none(client, event, knots):
    choose(client, knots)
    client.cookies["seatwise_proved"] = "ImVAZXhhbXBsZS5jb20i:forged"
    assert client.get(REGISTER).url == ADDRESS
    # And another event's opens nothing here.
    other = EventFactory(slug="other", allow_anonymous_registration=False)
    row = mail_code(Purpose.REGISTER, "bob@example.com", event=other)
    browser = Client()
    browser.post(reverse("confirm_code", args=["other", row.uuid]), {"code": row.code})
    client.cookies["seatwise_proved"] = browser.cookies["seatwise_proved"].value
    assert client.get(REGISTER).url == ADDRESS


def test_events_that_ask_for_none_have_no_such_step(client, event, bob, knots):
    Event.objects.update(allow_anonymous_registration=True)
    choose(client, knots)
    assert client.get(ADDRESS).url == REGISTER
    finish(client, event, bob)
    assert EventRegistration.objects.count() == 1


def test_mail_that_failed_is_tried_again_and_none_is_sent_twice(event):
    class Broken(MailServer):
        def send(self, message):
            raise OSError("no route")

    now = timezone.now()
    mail_code(Purpose.REGISTER, "bob@example.com", event=event, at=now)
    assert send_due(server=Broken(), at=now) == 1
    assert send_due(at=now) == 0
    assert send_due(at=now + timedelta(minutes=1)) == 1
    assert send_due(at=now + timedelta(minutes=2)) == 0
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]
    # What nobody can use any more is not sent.
    mail_code(Purpose.REGISTER, "late@example.com", event=event, at=now - LASTS)
    assert send_due(at=now) == 0
