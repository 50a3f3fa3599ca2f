"""How an event's passes are sold: the panel with what was sold and what is missing, and the page of its settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actors import Actor
from events.admin.verbs import page
from events.errors import NotPermitted
from events.forms.effects import save_columns
from events.forms.sale_form import SaleForm
from events.models import Event, Sale
from events.templatetags.money import money
from registrations.actions import within_form_note_edited
from registrations.admin.orders.missing import missing_in, providers
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.orders_said import money_or_dash
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.queries import sales
from registrations.queries.sales import SoldPass

MAY_SEE = "registrations.view_order"
MAY_CHANGE = "events.change_event"
# The settings in groups, as they stand on the page.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("How people pay"), ("provider", "hold_minutes", "how_to_pay", "invoice_days")),
    (
        gettext_lazy("Who sells, as it stands on invoices"),
        ("seller", "seller_tax_id", "invoice_series", "invoice_footer"),
    ),
    (gettext_lazy("Terms"), ("terms", "refunds_until", "refund_percent")),
)


def event_sale(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
    """What was sold of each pass, and what is missing; nothing where the event sells none."""
    may_plan = access.may(request.user, event, MAY_CHANGE)
    if not (may_plan or access.may(request.user, event, MAY_SEE)) or not sales.sells(event):
        return SafeString("")
    back = urlencode({"back": f"{request.get_full_path()}#panel-event_sale"})
    context = {
        "passes": [_row(each) for each in sales.sold_passes(event)],
        "may_see_money": access.may(request.user, event, MAY_SEE),
        "missing": list(missing_in(event)),
        "settings_url": f"{reverse('admin:sale_settings', args=['event', event.pk])}?{back}",
        "may_change": may_plan,
        **(_sums(event) if access.may(request.user, event, MAY_SEE) else {}),
    }
    return render_to_string("admin/orders/sale.html", context, request)


def _sums(event: Event) -> dict[str, Any]:
    sums = sales.sums_of(event, timezone.now())
    rates = sales.by_rate(event)
    return {
        "summary": " · ".join(in_one_line(each) for each in sums),
        "rates": [
            (
                f"{each.rate.normalize():f} %",
                *(money(n, each.currency) for n in (each.net, each.vat, each.gross)),
            )
            for each in rates
        ],
        "files": [
            (
                _("Sums per pass as CSV"),
                reverse("admin:figure_file", args=["event", event.pk, "sold_passes"]),
            ),
            (
                _("Sums per VAT rate as CSV"),
                reverse("admin:figure_file", args=["event", event.pk, "vat_rates"]),
            ),
        ],
    }


def in_one_line(sums: sales.Sums) -> str:
    """What was received, is open, is overdue and went back, each only where it is something."""
    said = [_("%(sum)s received") % {"sum": money(sums.received, sums.currency)}]
    for amount, sentence in (
        (sums.open, _("%(sum)s open")),
        (sums.overdue, _("%(sum)s overdue")),
        (sums.given_back, _("%(sum)s given back")),
    ):
        said += [sentence % {"sum": money(amount, sums.currency)}] if amount else []
    return " · ".join(said)


def _row(sold: SoldPass) -> dict[str, Any]:
    each, seats = sold.event_pass, sold.event_pass.seats
    return {
        "name": each.name,
        "url": reverse("admin:events_pass_change", args=[each.pk]),
        "price": money(each.price, each.currency) if each.price else _("Free"),
        "vat": f"{each.vat_rate.normalize():f} %" if each.price else "–",
        "allocated": "∞" if seats.capacity is None else seats.capacity,
        "sold": seats.taken,
        "held": seats.held,
        "remaining": "∞" if seats.available is None else seats.available,
        "received": money_or_dash(sold.received, each.currency),
        "open": money_or_dash(sold.open, each.currency),
    }


@with_refusals
def sale_settings(request: HttpRequest, target: Target) -> HttpResponse:
    """Ask how the event's passes are sold, and keep it."""
    if not isinstance(target, Event):
        raise Http404
    if not access.may(request.user, target, MAY_CHANGE):
        raise NotPermitted
    sale = Sale.objects.filter(event=target).first() or Sale()
    sale.event = target
    form = SaleForm(request.POST if request.method == "POST" else None, instance=sale, providers=providers())
    frame = frame_of(request, target, _("Sale of passes"))
    if form.is_valid():
        _save(form, target, Actor.staff(request.user))  # type: ignore[arg-type]
        messages.success(request, _("How passes are sold is saved."))
        return redirect(frame.back)
    return page(
        request,
        frame,
        "settings",
        422 if form.is_bound else 200,
        folder="orders",
        form=form,
        groups=[(title, [form[name] for name in names]) for title, names in GROUPS],
        missing=list(missing_in(target)) if not form.is_bound else [],
        zone=target.timezone,
    )


@transaction.atomic
def _save(form: SaleForm, event: Event, actor: Actor) -> None:
    """Keep what was typed; what orders were placed under stays as it was."""
    if not form.has_changed():
        return
    form.save()
    if form.says_how_to_pay:
        event.how_to_pay = form.cleaned_data["how_to_pay"]
        save_columns(event, {"how_to_pay"})
    within_form_note_edited([event], actor=actor)
