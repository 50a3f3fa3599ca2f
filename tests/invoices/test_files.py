"""The file of an invoice: its words, its letters, and that it is made once."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from registrations.invoices import file_of, make_missing
from registrations.invoices.drawing import draw
from registrations.invoices.fonts import as_shown
from registrations.invoices.words import page_of
from registrations.models import Invoice, InvoiceFile, OrderLine
from registrations.queries.recount import recount
from tests.factories import ContactFactory, EventFactory
from tests.invoices.orders import State, credited, invoiced, owed

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def pages_of(invoice: Invoice | None) -> list[str]:
    assert invoice is not None
    reader = PdfReader(BytesIO(bytes(file_of(invoice).content)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_says_who_sells_what_to_whom_for_how_much() -> None:
    billing = {"name": "Ada Żółć", "street": "Οδός 5", "postcode": "1010", "city": "Київ", "vat_id": "ATU1"}
    order = owed("1190", "10", rate="19", billing=billing)
    [page] = pages_of(invoiced(order))
    for words in (
        *("Invoice 2027-00001", "Harbour Society", "3011 AA Rotterdam", "VAT or tax number: NL123"),
        *("Ada Żółć", "Οδός 5", "1010 Київ", "VAT number: ATU1", order.code),
        *("Pass 0", "Łucja Nr0", "EUR 1,190.00", "19 %"),
        *("Net at 19 % EUR 1,008.40", "VAT 19 % EUR 191.60", "Total EUR 1,200.00"),
        *("Please pay by", f"Write the code {order.code} with your payment", "Harbour Bank, NL02 ABNA"),
        *("By transfer to NL02 ABNA.", "Page 1 of 1"),
    ):
        assert words in page.replace("\N{NO-BREAK SPACE}", " "), words


def test_a_paid_one_asks_for_nothing() -> None:
    [page] = pages_of(invoiced(owed("20", rate="0", state=State.PAID, paid_at=timezone.now())))
    assert "Paid on" in page
    assert "Please pay" not in page
    assert "VAT 0" not in page


def test_a_credit_note_names_its_invoice() -> None:
    order = owed("20", "30")
    invoiced(order)
    [page] = pages_of(credited(order, "20"))
    assert "Credit note 2027-00002" in page
    assert "of invoice 2027-00001 of" in page
    assert "Reason: Goodwill" in page
    assert "Credited EUR 20.00" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_speaks_the_payers_language() -> None:
    payer = ContactFactory(language="de")
    event = EventFactory(session_level=False, languages=["en", "de"])
    [page] = pages_of(invoiced(owed("1190", event=event, payer=payer)))
    assert "EUR 1.190,00" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_many_lines_take_many_pages_each_with_its_number() -> None:
    invoice = invoiced(owed(*["20"] * 2))
    assert invoice is not None
    invoice.content["lines"] *= 30
    invoice.content["footer"] = "Every word counts. " * 300
    reader = PdfReader(BytesIO(draw(page_of(invoice.content))))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    assert sum(page.count("Łucja") for page in pages) == 60
    assert all("Price" in page for page in pages[:3])


NAMES = [
    "יוסף כהן",
    "محمد علي 24",
    "王小明",
    "さくら",
    "홍길동",
    "สมชาย",
    "👩🏽‍💻",
    "<b>&amp;",
    "a\u2067b\u2069\x00",
    "x" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_drawn(name: str) -> None:
    invoice = invoiced(owed("20"))
    assert invoice is not None
    invoice.content["lines"][0]["attendee"] = name
    invoice.content["buyer"]["company"] = name
    invoice.content["event"]["name"] = name
    invoice.content["seller"] = name
    [page] = PdfReader(BytesIO(draw(page_of(invoice.content)))).pages
    assert "20.00" in page.extract_text()
    fonts = page["/Resources"]["/Font"]
    assert {"DejaVuSans" in str(fonts[each]["/BaseFont"]) for each in fonts} >= {True}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada Baker", "Ada Baker"),
        ("אבג", "גבא"),
        ("Ada אבג דה 12 Baker", "Ada הד גבא 12 Baker"),
        ("אב 12,5 ג", "ג 12,5 בא"),
        ("\u2068Ada\u2069\u200b", "Ada"),
        ("בּא", "אבּ"),
        # Initial, medial and final shapes; lam and alef are one; dal holds on to nothing after it.
        ("محمد", "\ufeaa\ufee4\ufea4\ufee3"),
        ("دلا", "\ufefb\ufea9"),
        ("سلام", "\ufee1\ufefc\ufeb3"),
    ],
)
def test_right_to_left_is_shown_in_the_order_of_the_page(written: str, shown: str) -> None:
    assert as_shown(written) == shown


def test_is_made_once_and_is_the_same_ever_after() -> None:
    order = owed("20")
    invoice = invoiced(order)
    assert invoice is not None
    again = draw(page_of(invoice.content))
    assert [make_missing(), make_missing()] == [1, 0]
    first = file_of(invoice)
    assert bytes(first.content) == again
    assert first.digest == hashlib.sha256(bytes(first.content)).hexdigest()
    OrderLine.objects.update(first_name="Mallory")
    Invoice.objects.update(content={**invoice.content, "seller": "Mallory"})
    assert file_of(Invoice.objects.get()).digest == first.digest
    assert not {each.code for each in recount()} & {"invoices", "invoice_file"}


def test_an_invoice_that_cannot_be_drawn_keeps_no_other_waiting() -> None:
    odd, plain = invoiced(owed("20")), invoiced(owed("20"))
    assert odd is not None
    Invoice.objects.filter(pk=odd.pk).update(content={})
    with pytest.raises(KeyError):
        make_missing()
    assert list(InvoiceFile.objects.values_list("invoice", flat=True)) == [plain and plain.pk]


def test_check_seats_finds_a_file_that_was_changed() -> None:
    invoice = invoiced(owed("20"))
    assert invoice is not None
    file_of(invoice)
    assert "invoice_file" not in {each.code for each in recount()}
    InvoiceFile.objects.update(content=b"%PDF-1.4 another")
    assert "invoice_file" in {each.code for each in recount()}
