"""Mails to payers say how the order stands, what to do, and bring the invoice; only while it is true."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import (
    begin_payment,
    cancel_order,
    mark_paid,
    place_order,
    refund_order,
    settle_payment,
)
from registrations.links import event_url, manage_url, order_url
from registrations.mail import NoLongerTrue, render
from registrations.mail.orders import KINDS
from registrations.mail.samples import Samples
from registrations.models import EventRegistration, Invoice, Notification, Order, Payment, Refund
from registrations.rules.orders import Bought
from tests.factories import PassFactory
from tests.invoices.orders import State
from tests.mail.order_scenes import SCENES, order_paid
from tests.mail.reading import as_sent, text_of
from tests.mail.scenes import BOB, CAROL, harbour_conf

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CODE = "Write the code BCDF2345 with your payment, so that we know it for yours."
CARD = "goes back to the card or account that you paid with, within 5 to 10 days."
# Each story, its mail's subject, the number of the file attached, and what the text has.
SAID = [
    ("order_placed", "Please pay by Sat 5 Apr, 14:00, CEST: Harbour Conf", "", "Your seats are held until"),
    ("order_placed_by_invoice", "Please pay by 5 April 2031: Harbour Conf", "1", CODE),
    ("order_placed_on_trust", "Your invoice: Harbour Conf", "1", "Please pay by 5 April 2031."),
    ("order_paid", "Paid, thank you: Harbour Conf", "1", "The invoice is attached."),
    ("order_expired", "Not paid in time: Harbour Conf", "2", "The credit note is attached."),
    ("order_cancelled", "Your order is cancelled: Harbour Conf", "2", f"EUR 50.00 {CARD}"),
    ("order_cancelled_unpaid", "Your order is cancelled: Harbour Conf", "", "Nothing is to be paid for it any more."),
    ("order_cancelled_in_part", "You have EUR 20.00 less to pay: Harbour Conf", "2", "Still to be paid: EUR 30.00."),
    ("order_reminder", "Still to be paid: Harbour Conf", "1", "Your seats are held until 5 April 2031."),
    ("order_reminder_overdue", "Still to be paid: Harbour Conf", "1", "We asked for it by 3 January 2025."),
    ("payment_wrong", "We received EUR 5.00 instead of EUR 50.00: Harbour Conf", "", "Nothing is lost:"),
    ("refund_due", "EUR 20.00 goes back to you: Harbour Conf", "2", f"EUR 20.00 {CARD}"),
    ("refund_due_by_transfer", "EUR 20.00 goes back to you: Harbour Conf", "2", "by transfer. The organizer sends it."),
]  # fmt: skip


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("story", "subject", "file", "words"), SAID)
def test_says_how_it_stands_and_brings_the_invoice(story, subject, file, words) -> None:
    notification = SCENES[story]()
    with CaptureQueriesContext(connection) as queries:
        render(notification)
    assert len(queries) <= 21
    mail = as_sent(notification)
    text, html = text_of(mail), text_of(mail, "html")
    assert plain(mail["Subject"]) == subject
    assert words in plain(text)
    files = [part.get_filename() for part in mail.iter_attachments()]
    assert files == [f"2027-0000{file}.pdf"] * bool(file)
    for part in mail.iter_attachments():
        assert part.get_content().startswith(b"%PDF-")
    url = event_url(notification.event) if story == "order_expired" else order_url(Order.objects.get())
    for body in (text, html):
        assert url in body
        assert "BCDF2345" in body
        assert not [left for left in ("{{", "{%", "None", "&amp;lt;") if left in body]
    assert "Hello Bob," in text
    assert "* 1 × Pass 0" in text


def _pay(_row: Notification) -> None:
    Order.objects.update(state=State.PAID, held_until=None, paid_at=timezone.now(), ended_at=None)


def _cancel(_row: Notification) -> None:
    Order.objects.update(state=State.CANCELLED, held_until=None, ended_at=timezone.now())


def _settle(_row: Notification) -> None:
    Payment.objects.update(state=Payment.State.NOT_PAID, paid_at=None)


def _fail(_row: Notification) -> None:
    Refund.objects.update(state=Refund.State.FAILED)


@pytest.mark.parametrize(
    ("story", "undo"),
    [
        *(
            (story, _pay)
            for story in ("order_placed", "order_placed_on_trust", "order_expired", "order_cancelled")
        ),
        *((story, _cancel) for story in ("order_placed", "order_paid", "order_reminder")),
        ("payment_wrong", _settle),
        ("refund_due", _fail),
    ],
)
def test_is_not_sent_when_no_longer_true(story, undo) -> None:
    notification = SCENES[story]()
    undo(notification)
    with pytest.raises(NoLongerTrue):
        render(notification)
    assert render(notification, checked=False).subject


def test_sent_again_is_a_receipt_once_paid() -> None:
    row = order_paid()
    Notification.objects.update(kind="order_placed", payload={**row.payload, "again": True})
    assert render(Notification.objects.get()).subject == "Paid, thank you: Harbour Conf"


def test_whoever_looks_at_a_mail_makes_no_file() -> None:
    row = order_paid()
    render(row, checked=False)
    assert not Invoice.objects.filter(file__isnull=False).exists()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_desk_previews_them(kind) -> None:
    samples = Samples(order_paid().event)
    text, html = samples.text(kind), samples.html(kind, {kind: "Our bank is **slow**."})
    assert "ABCD2345" in text
    assert "<strong>slow</strong>" in html
    assert "None" not in text


@pytest.mark.parametrize(("payer", "is_said"), [("bob@example.org", False), ("carol@example.org", True)])
def test_attendees_are_told_who_ordered_their_pass_and_not_how_to_pay(payer, is_said) -> None:
    event = harbour_conf(session_level=False, how_to_pay="By transfer.")
    offered = PassFactory(event=event, price=20)
    buyer = CAROL if is_said else BOB
    placed = place_order(event, buyer, [Bought(BOB, offered)])
    settle_payment(begin_payment(placed, "test", reference="1"), amount=placed.total, currency="EUR")
    assert placed.payer.email == payer
    mail = as_sent(Notification.objects.get(kind="registered"))
    for body in (text_of(mail), text_of(mail, "html")):
        assert (
            "Carol Carter ordered your pass." in plain(body.replace("\u2068", "").replace("\u2069", ""))
        ) is is_said
        assert "By transfer." not in body
        assert manage_url(EventRegistration.objects.get()) in body


def test_what_the_acts_write_can_be_sent() -> None:
    offered = PassFactory(event=harbour_conf(session_level=False), price=20)
    order = place_order(
        offered.event, BOB, [Bought(BOB, offered), Bought(CAROL, offered)], way=Order.Way.INVOICE
    )
    assert [as_sent(row)["Subject"] for row in told_to(BOB)] == [render(told_to(BOB)[0]).subject]
    mark_paid(order, amount=Decimal(39), actor=SYSTEM)
    assert subjects(BOB)[-1] == "We received EUR 39.00 instead of EUR 40.00: Harbour Conf"
    mark_paid(order, actor=SYSTEM)
    assert "Paid, thank you: Harbour Conf" in subjects(BOB)
    refund_order(Order.objects.get(), lines=[order.order_lines.last()], reason="Ill", actor=SYSTEM)
    assert subjects(BOB)[-1] == "EUR 20.00 goes back to you: Harbour Conf"
    cancel_order(Order.objects.get(), actor=SYSTEM, reason="Storm")
    assert "Your order is cancelled: Harbour Conf" in subjects(BOB)
    last = told_to(BOB).filter(kind="order_cancelled").get()
    assert "EUR 20.00 goes back to you by transfer." in plain(text_of(as_sent(last)))
    assert [part.get_filename()[-10:] for part in as_sent(last).iter_attachments()] == ["-00003.pdf"]


def told_to(who) -> QuerySet[Notification]:
    return Notification.objects.filter(contact__email=who.email).order_by("pk")


def subjects(who) -> list[str]:
    return [render(row, checked=False).subject for row in told_to(who)]
