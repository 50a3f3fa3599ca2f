"""What stands on an invoice's page, in the payer's language and its way to write sums and days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.colours import accent_pair
from events.templatetags.money import money, rate
from events.templatetags.seatwise import whole_day

Content = Mapping[str, Any]
# More would fill the page before anything is said.
SELLER_LINES = 16


@dataclass
class Row:
    """One line: what was bought, for whom, and its figures."""

    what: str
    who: str
    rate: str
    price: str


@dataclass
class Page:
    """All words of one invoice, in their order on the page."""

    language: str
    colour: str
    title: str
    seller_label: str
    buyer_label: str
    seller: list[str]
    buyer: list[str]
    facts: list[tuple[str, str]]
    heads: tuple[str, str, str]
    rows: list[Row]
    sums: list[tuple[str, str]]
    total: tuple[str, str]
    notes: list[str] = field(default_factory=list)
    footer: str = ""
    # “Page {page} of {pages}”, filled once all pages are known.
    numbering: str = ""


def page_of(content: Content) -> Page:
    """The words of an invoice with this content."""
    with translation.override(content["language"]):
        is_invoice = content["kind"] == "invoice"
        title = _("Invoice %(number)s") if is_invoice else _("Credit note %(number)s")
        return Page(
            language=content["language"],
            colour=accent_pair(content["event"]["colour"])[0],
            title=title % {"number": content["number"]},
            seller_label=_("Seller"),
            buyer_label=_("Invoice to") if is_invoice else _("Credit note to"),
            seller=_seller(content),
            buyer=_buyer(content["buyer"]),
            facts=_facts(content),
            heads=(_("Pass"), _("VAT"), _("Price")),
            rows=[_row(line, content["currency"]) for line in content["lines"]],
            sums=_sums(content),
            total=(_("Total") if is_invoice else _("Credited"), _money(content["total"], content)),
            notes=_notes(content),
            footer=content["footer"].strip(),
            numbering=_("Page {page} of {pages}"),
        )


def _seller(content: Content) -> list[str]:
    lines = [line.strip() for line in content["seller"].splitlines() if line.strip()]
    tax = content["seller_tax_id"].strip()
    named = [_("VAT or tax number: %(number)s") % {"number": tax}] if tax else []
    return [*(lines or [content["event"]["name"]])[:SELLER_LINES], *named]


def _buyer(buyer: Mapping[str, str]) -> list[str]:
    place = " ".join(part for part in (buyer.get("postcode", ""), buyer.get("city", "")) if part)
    vat_id = buyer.get("vat_id")
    lines = [
        *(buyer.get(name, "") for name in ("company", "name", "street")),
        place,
        buyer.get("country", ""),
        _("VAT number: %(number)s") % {"number": vat_id} if vat_id else "",
    ]
    return [line for line in lines if line] or [buyer.get("email", "")]


def _facts(content: Content) -> list[tuple[str, str]]:
    event = content["event"]
    days = list(dict.fromkeys(_day(event[edge], content) for edge in ("starts_at", "ends_at")))
    facts = [
        (_("Date"), _day(content["issued_at"], content)),
        (pgettext("purchase", "Order"), content["order"]),
        (_("Your reference"), content["buyer"].get("reference", "")),
        (_("Event"), event["name"]),
        (_("Takes place"), " \N{EN DASH} ".join(days)),
    ]
    return [(label, value) for label, value in facts if value]


def _row(line: Mapping[str, str], currency: str) -> Row:
    percent = Decimal(line["vat_rate"])
    said = f"{rate(percent)}\N{NO-BREAK SPACE}%" if percent else ""
    return Row(line["pass"], line["attendee"], said, money(Decimal(line["price"]), currency))


def _sums(content: Content) -> list[tuple[str, str]]:
    """Net and VAT by rate; nothing where no VAT is contained at all."""
    rates = [each for each in content["rates"] if Decimal(each["gross"])]
    if not any(Decimal(each["rate"]) for each in rates):
        return []
    said = []
    for each in rates:
        percent = rate(Decimal(each["rate"]))
        said.append((_("Net at %(rate)s %%") % {"rate": percent}, _money(each["net"], content)))
        if Decimal(each["rate"]):
            said.append((_("VAT %(rate)s %%") % {"rate": percent}, _money(each["vat"], content)))
    return said


def _notes(content: Content) -> list[str]:
    if content["kind"] != "invoice":
        words = {"number": content["credits"], "date": _day(content["credits_of"], content)}
        about = _("It takes back this much of invoice %(number)s of %(date)s.") % words
        reason = content["reason"]
        return [about, *([_("Reason: %(reason)s") % {"reason": reason}] if reason else [])]
    if content["paid_at"]:
        return [_("Paid on %(date)s. Thank you.") % {"date": _day(content["paid_at"], content)}]
    code = _("Write the code %(code)s with your payment, so that we know it for yours.")
    due = content["pay_by"]
    return [
        *([_("Please pay by %(date)s.") % {"date": _day(due, content)}] if due else []),
        *([content["how_to_pay"].strip()] if content["how_to_pay"].strip() else []),
        code % {"code": content["order"]},
    ]


def _day(moment: str, content: Content) -> str:
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(content["timezone"]))
    return whole_day(local.date())


def _money(amount: str, content: Content) -> str:
    return money(Decimal(amount), content["currency"])
