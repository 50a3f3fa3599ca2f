"""Verbs that give money back: of an order in part or whole, of a wrong payment, and of a refund that did not arrive."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actors import Actor
from events.admin.verbs import (
    Consequence,
    Done,
    Obstacle,
    ReasonForm,
    chips,
    finish,
    page,
)
from events.errors import NotPermitted, Refusal
from events.templatetags.money import money
from registrations import actions
from registrations.admin.verbs.base import PanelListing
from registrations.admin.verbs.orders import GivesBack
from registrations.models import Order, OrderLine, Payment
from registrations.queries import sales

State = Order.State
REASONS = chips(
    gettext_lazy("Asked to cancel"),
    gettext_lazy("Cannot come"),
    gettext_lazy("Charged too much"),
    gettext_lazy("Goodwill"),
)


class RefundForm(ReasonForm):
    """What goes back: of which passes, or how much, and whether people keep their seats."""

    reasons = REASONS
    leading = ("lines", "amount", "keep_seats")
    lines = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Of these passes"),
        queryset=OrderLine.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Only so much"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        help_text=gettext_lazy(
            "Empty: the whole price of the chosen passes. With no pass chosen it is goodwill, and nobody loses a seat."
        ),
    )
    keep_seats = forms.BooleanField(label=gettext_lazy("They keep their seats all the same"), required=False)

    def __init__(self, data: Any, order: Order) -> None:
        super().__init__(data, is_reason_required=True)
        self.order = order
        field: Any = self.fields["lines"]
        left = OrderLine.objects.filter(order=order, credited__lt=F("price"))
        field.queryset = left.select_related("event_pass", "contact").order_by("position")
        field.label_from_instance = self._words

    def _words(self, line: OrderLine) -> str:
        name = f"{line.first_name} {line.last_name}".strip() or line.contact.email
        return f"{name} · {line.event_pass} · {money(line.price - line.credited, self.order.currency)}"

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("lines") and not given.get("amount") and "amount" not in self.errors:
            self.add_error("lines", _("Choose passes, or give an amount."))
        elif given.get("amount") and given["amount"] > self.left:
            said = {"sum": money(self.left, self.order.currency)}
            self.add_error("amount", _("At most %(sum)s is left of that.") % said)
        return given

    @property
    def chosen(self) -> list[OrderLine]:
        """The lines chosen."""
        return list(self.cleaned_data.get("lines") or [])

    @property
    def left(self) -> Decimal:
        """What is left of the chosen lines, else of all."""
        lines: Iterable[OrderLine] = self.chosen or self.fields["lines"].queryset  # type: ignore[attr-defined]
        return sum((line.price - line.credited for line in lines), Decimal(0))

    @property
    def sum(self) -> Decimal:
        """What goes back."""
        return self.cleaned_data["amount"] or self.left

    @property
    def decided(self) -> str:
        """What was decided, in one word: the button does what was shown, not what was chosen after."""
        lines = "-".join(str(line.pk) for line in self.chosen)
        return f"{self.sum}_{lines}_{int(self.cleaned_data['keep_seats'])}"


class RefundOrder(GivesBack):
    """Give back what was paid for some passes of an order, or a part of it; what is owed is owed no more."""

    key = "refund"
    label = gettext_lazy("Refund…")
    title = gettext_lazy("Give money back")
    states = (State.OWED, State.PAID)
    why_not_now = gettext_lazy("Nothing was paid for the chosen order, or it has ended.")

    def own_page(
        self, request: HttpRequest, frame: Any, listing: PanelListing, rows: Any
    ) -> HttpResponse | None:
        """Ask what goes back, show what that does, and do it."""
        chosen = list(rows[:2])
        if len(chosen) != 1 or not self.applies(chosen[0]):
            return None
        [order], step = chosen, request.POST.get("step", "")
        form, refusal = RefundForm(request.POST if step else None, order), None
        is_shown = bool(step) and form.is_valid()
        if step == "do" and is_shown and request.POST.get("decided") == form.decided:
            try:
                return finish(request, frame, _give_back(request, form))
            except NotPermitted:
                raise
            except Refusal as refused:
                refusal = refused
        status = refusal.status if refusal else 422 if step and not is_shown else 200
        return page(
            request,
            frame,
            "refund",
            status,
            folder="orders",
            form=form,
            refusal=refusal,
            consequences=_consequences(form) if is_shown else None,
            decided=form.decided if is_shown else "",
            deed=_("Give %(sum)s back") % {"sum": money(form.sum, order.currency)} if is_shown else "",
        )

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        if len(rows) != 1:
            return Obstacle((_("Choose one order: each is decided by itself."),))
        return super().obstacle(listing, rows)


def _give_back(request: HttpRequest, form: RefundForm) -> Done:
    given = form.cleaned_data
    refunds = actions.refund_order(
        form.order,
        lines=form.chosen,
        amount=given["amount"],
        keep_seats=given["keep_seats"] or not form.chosen,
        reason=form.reason,
        actor=Actor.staff(request.user),  # type: ignore[arg-type]
    )
    said = {"sum": money(form.sum, form.order.currency)}
    return Done(_("%(sum)s goes back.") % said if refunds else _("%(sum)s is not owed any more.") % said)


def _consequences(form: RefundForm) -> list[Consequence]:
    order, keeps = form.order, form.cleaned_data["keep_seats"]
    found = []
    for line in form.chosen:
        name = f"{line.first_name} {line.last_name}".strip() or line.contact.email
        if line.registration_id is None:
            then, kind = _("nothing changes: they hold no seat"), "muted"
        elif keeps:
            then, kind = _("keeps the seat"), "free"
        else:
            then, kind = _("loses the registration, and is told"), "clash"
        found.append(Consequence(name, str(line.event_pass), then, kind))
    said = {"sum": money(form.sum, order.currency)}
    if order.state == State.OWED:
        back = _("%(sum)s is not owed any more") % said
    elif set(order.payments.filter(state=Payment.State.PAID).values_list("provider", flat=True)) == {
        sales.BY_HAND
    }:
        back = _("%(sum)s goes back: somebody has to send it by hand") % said
    else:
        back = _("%(sum)s goes back to where it came from") % said
    paid = money(sales.kept_of([order.pk])[order.pk].received, order.currency)
    return [*found, Consequence(order.payer.email, _("%(sum)s received") % {"sum": paid}, back)]
