"""The panel of an event's orders: who bought what, what is paid, what is open, and what somebody has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from events.admin import words
from events.templatetags.money import money
from registrations.admin.files.columns import Column
from registrations.admin.orders import columns_of_orders
from registrations.admin.orders.sale import in_one_line
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import OrderFilter
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.export import Export, ExportAll
from registrations.admin.verbs.of_orders import ORDER_VERBS
from registrations.admin.verbs.orders_said import TO_LOOK, chip_of, money_or_dash, open_of, until_when
from registrations.models import Order
from registrations.queries import sales

MAY_SEE = "registrations.view_order"
NAMES_SHOWN = 3


class EventOrders(Panel):
    """The orders of an event, the newest first."""

    rows_of = Order
    key = "event_orders"
    prefix = "orders"
    title = gettext_lazy("Orders")
    empty = gettext_lazy("No pass was ordered yet.")
    view_permission = MAY_SEE
    contact = "payer"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (*ORDER_VERBS, Export)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = [
        "order_shown",
        "payer_shown",
        "people",
        "state_shown",
        "total_shown",
        "open_shown",
        "back",
    ]
    list_display_links = ["order_shown"]
    list_filter = [OrderFilter]
    list_select_related = ["payer"]
    search_fields = [
        *("code", "payer__email", "payer__first_name", "payer__last_name"),
        *("order_lines__first_name", "order_lines__last_name", "order_lines__contact__email"),
        *("payments__reference", "payments__note"),
    ]
    search_help_text = gettext_lazy("Code, name, e-mail or reference")

    def is_shown(self) -> bool:
        return super().is_shown() and sales.sells(self.event)

    def rows(self) -> QuerySet[Order]:
        return Order.objects.filter(event=self.event)

    def get_ordering(self, request: Any) -> list[Any]:
        return ["-placed_at", "-id"]

    def summary(self) -> str:
        return " · ".join(in_one_line(each) for each in sales.sums_of(self.event, timezone.now()))

    def add_figures(self, rows: list[Any]) -> None:
        ids = [row.pk for row in rows]
        kept, why, at = sales.kept_with_passes_of(ids), sales.reasons_to_look(ids), timezone.now()
        for row in rows:
            row.event, row.kept, row.why, row.seen_at = self.event, kept[row.pk], why.get(row.pk, []), at

    def file_columns(self) -> list[Column]:
        return columns_of_orders.of_orders(self.zone)

    def row_url(self, row: Any) -> str:
        return reverse("admin:order_page", args=[row.uuid])

    def name_of(self, row: Any) -> str:
        return row.code

    @admin.display(description=pgettext_lazy("purchase", "Order"), ordering="placed_at")
    def order_shown(self, row: Any) -> SafeString:
        """The code, and when it was placed."""
        return words.name_and_address(row.code, words.moment(row.placed_at, self.zone))

    @admin.display(description=gettext_lazy("paid by"), ordering="payer__email")
    def payer_shown(self, row: Any) -> SafeString:
        """Whoever pays."""
        name = row.billing.get("company") or row.billing.get("name") or row.payer.full_name
        return words.name_and_address(name, row.payer.email)

    @admin.display(description=gettext_lazy("people"))
    def people(self, row: Any) -> SafeString:
        """How many passes, and for whom."""
        passes = row.kept.passes
        number = ngettext("%(n)d pass", "%(n)d passes", len(passes)) % {"n": len(passes)}
        named = ", ".join(name for name, _pass in passes[:NAMES_SHOWN] if name)
        return words.lines(number, named + (" …" if len(passes) > NAMES_SHOWN else ""))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, row: Any) -> SafeString:
        """The state, until when, and what somebody has to look at."""
        looks = [words.chip(TO_LOOK[word], "clash") for word in row.why]
        chips = words.beside_one_another(chip_of(row, row.seen_at), *looks)
        return chips + words.lines(until_when(row, self.zone))

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def total_shown(self, row: Any) -> SafeString:
        """What it comes to, and what of that was credited."""
        credited = row.credited and _("%(sum)s credited") % {"sum": money(row.credited, row.currency)}
        return words.lines(money(row.total, row.currency), credited)

    @admin.display(description=gettext_lazy("open"))
    def open_shown(self, row: Any) -> str:
        """What is still to be paid."""
        return money_or_dash(open_of(row, row.kept.received), row.currency)

    @admin.display(description=gettext_lazy("refunded"))
    def back(self, row: Any) -> str:
        """What went back, or is on its way."""
        return money_or_dash(row.kept.back, row.currency)
