"""Correcting one's own address: nothing moves before a code that was mailed there is typed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import Invalid
from registrations.actions import erase_contact, forget_old_codes, mail_address_code, prove_address
from registrations.links import manage_token
from registrations.mail import send_due
from registrations.models import Activity, AddressCode, EventRegistration, Notification
from registrations.models.address_codes import MOST_TRIES
from tests.engine.acts import contact_of
from tests.factories import SessionFactory
from tests.website.clicks import held, mine, registered, text

pytestmark = pytest.mark.django_db
NEW = "robert@example.org"


@pytest.fixture
def knots(event):
    return SessionFactory(event=event, name="Knots", capacity=2)


@pytest.fixture
def registration(event, bob, knots):
    return registered(event, bob, knots)


def ask(client, registration, email=NEW):
    """Have a code mailed to the address."""
    return client.post(mine("manage_address", registration), {"email": email})


def asked(client, registration, email=NEW):
    """With which status that ends: where it is refused, that of the page shown again."""
    answer = ask(client, registration, email)
    return client.get(answer.url).status_code if answer.status_code == 303 else answer.status_code


def tell(client, registration, code):
    """Type the code in; return what is shown then, where it is not taken."""
    answer = client.post(mine("manage_address_code", registration), {"code": code})
    return client.get(answer.url) if answer.status_code == 303 else answer


def code_in_mail() -> str:
    """The code of the last mail."""
    mail.outbox.clear()
    send_due()
    return mail.outbox[-1].subject.partition(" ")[0]


def test_moves_once_the_mailed_code_is_typed_in(client, event, registration, bob, knots):
    old = mine("manage", registration)
    assert (
        mine("manage_address", registration)
        in client.get(mine("manage_details", registration)).content.decode()
    )
    assert "bob@example.com" in text(client.get(mine("manage_address", registration)))
    answer = ask(client, registration, " Robert@Example.org ")
    assert answer.url == mine("manage_address_code", registration)
    assert f"A code of six digits is on its way to {NEW}" in text(client.get(answer.url))
    code = code_in_mail()
    assert mail.outbox[-1].to == [NEW]
    assert manage_token(registration) not in mail.outbox[-1].body
    assert EventRegistration.objects.get().contact.email == bob.email
    answer = tell(client, registration, f" {code[:3]} {code[3:]} ")
    moved = EventRegistration.objects.get()
    assert (moved.contact.email, moved.pk) == (NEW, registration.pk)
    assert answer.url == mine("manage", moved)
    assert "Your address is corrected" in text(client.get(answer.url))
    assert client.get(old).status_code == 410
    send_due()
    assert (mail.outbox[-1].to, manage_token(moved) in mail.outbox[-1].body) == ([NEW], True)
    entry = Activity.objects.get(verb="address_corrected")
    assert entry.actor == "Attendee"
    # Whoever reads the old address learns that it has left, and not for where.
    [told] = [message for message in mail.outbox if "has another address now" in message.subject]
    assert told.to == [bob.email]
    assert NEW not in told.body


def test_code_is_kept_nowhere(client, registration):
    ask(client, registration)
    code = code_in_mail()
    for row in (
        AddressCode.objects.values().get(),
        Notification.objects.filter(kind="address_code").values().get(),
    ):
        assert code not in str(row)


def test_wrong_code_changes_nothing_and_five_of_them_end_it(client, registration, bob):
    ask(client, registration)
    code = code_in_mail()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(MOST_TRIES):
        answer = tell(client, registration, wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    answer = tell(client, registration, code)
    assert (answer.status_code, "This code has ended" in text(answer)) == (422, True)
    assert EventRegistration.objects.get().contact.email == bob.email


def test_code_ends_after_a_quarter_of_an_hour_and_after_its_use(registration):
    now = timezone.now()
    code = mail_address_code(registration, NEW, at=now).code
    with pytest.raises(Invalid):
        prove_address(registration, code, at=now + timedelta(minutes=15))
    assert prove_address(registration, code, at=now + timedelta(minutes=14)) == NEW
    with pytest.raises(Invalid):
        prove_address(registration, code, at=now + timedelta(minutes=14))


def test_second_tab_ends_what_the_first_asked_for(client, registration, bob):
    first = mail_address_code(registration, "first@example.org").code
    answer = ask(client, registration)
    code = code_in_mail()
    assert [message.to for message in mail.outbox] == [[bob.email], [NEW]]
    if first != code:
        assert tell(client, registration, first).status_code == 422
    assert tell(client, registration, code).status_code == 302
    assert EventRegistration.objects.get().contact.email == NEW
    # The other tab is on a link that has ended.
    assert client.post(answer.url, {"code": code}).status_code == 410


def test_says_nothing_of_others_before_the_code_is_right(client, event, registration, carol, knots):
    registered(event, carol, knots)
    known, unknown = ask(client, registration, carol.email), ask(client, registration, NEW)
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    ask(client, registration, carol.email)
    answer = tell(client, registration, code_in_mail())
    assert answer.url == mine("manage_address", registration)
    assert "registered here with that address as well" in text(client.get(answer.url))
    assert held(carol) == ["Knots"]
    assert EventRegistration.objects.get(pk=registration.pk).contact.email == "bob@example.com"


@pytest.mark.parametrize("email", ["", "bob", "BOB@example.com "])
def test_refuses_what_is_no_other_address_at_its_field(client, registration, email):
    answer = ask(client, registration, email)
    answer = client.get(answer.url) if answer.status_code == 303 else answer
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert not AddressCode.objects.exists()


def test_is_limited_by_person_and_by_mailbox(client, event, registration, carol, knots):
    other = registered(event, carol, knots)
    assert [asked(client, registration) for _ in range(4)] == [302, 302, 302, 429]
    assert asked(client, other) == 429
    assert [asked(client, registration, f"{n}@example.org") for n in range(3)] == [302, 429, 429]


def test_page_of_a_code_needs_one(client, registration):
    answer = client.get(mine("manage_address_code", registration))
    assert answer.url == mine("manage_address", registration)
    assert client.get(reverse("manage_address", args=["harbour", "nobody.1.x"])).status_code == 404


def test_erasing_and_a_day_leave_nothing_of_it(client, event, registration, bob):
    ask(client, registration)
    erase_contact(contact_of(bob), actor=SYSTEM)
    assert not AddressCode.objects.exists()
    send_due()
    assert mail.outbox == []


def test_old_ones_are_forgotten(registration):
    mail_address_code(registration, NEW)
    now = timezone.now()
    assert (forget_old_codes(now), forget_old_codes(now + timedelta(days=2))) == (0, 1)
