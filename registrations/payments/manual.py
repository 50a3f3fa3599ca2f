"""Money that comes by bank transfer or at the counter: staff see it on the account, and say so."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registrations.models import Payment, Refund
from registrations.payments.port import (
    Back,
    Begun,
    Forged,
    ProviderDeclined,
    RefundTruth,
    State,
    Truth,
)


class Manual:
    """Nobody is asked anything: there is nothing to fetch, and what goes back is sent, and marked, by staff."""

    name = "manual"
    label = _("Bank transfer")
    origin = ""

    def begin(self, payment: Payment, *, success_address: str, cancel_address: str) -> Begun:
        """The order's own page tells how to pay; its code is the reference of the transfer."""
        return Begun(f"manual_{payment.key}", success_address, None)

    def fetch(self, payment: Payment) -> Truth:
        """Open until staff mark it."""
        return Truth(State.OPEN)

    def close(self, payment: Payment) -> None:
        """A transfer cannot be kept from coming; staff mark it as what it is."""

    def refund(self, refund: Refund) -> RefundTruth:
        """Never by itself: staff send it. Raises ProviderDeclined."""
        raise ProviderDeclined(_("Staff send this money back, and mark it as refunded."))

    def fetch_refund(self, refund: Refund) -> RefundTruth:
        """Done once staff have marked it so."""
        return RefundTruth(Back.DONE if refund.state == Refund.State.DONE else Back.PENDING, refund.reference)

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> None:
        """No bank writes to us. Raises Forged."""
        raise Forged
