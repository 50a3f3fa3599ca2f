"""Why something about orders and their money is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from events.errors import Refusal


class PaymentRequired(Refusal):
    """The pass has a price, and nothing was paid; `pass_id`, `price` and `currency` in `data` say what it costs."""

    code = "payment_required"
    default_message = _("This pass has to be paid first. Order it, and pay for it.")


class OrderOver(Refusal):
    """The order is in a state in which this cannot be done with it; `state` in `data` says in which."""

    code = "order_over"
    default_message = _("This cannot be done with the order as it is now.")
