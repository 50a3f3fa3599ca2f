"""The provider for trying things out: its page is on our own site, and no money moves.

What was said on its page is kept as its message, and fetched from there, as with every other provider.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registrations.links import order_token
from registrations.models import Order, Payment, ProviderEvent, Refund
from registrations.payments.port import Back, Begun, Forged, Message, RefundTruth, State, Truth

_SIGNER = signing.Signer(salt="registrations.payments.test")
# What is paid instead where somebody asks for a wrong sum.
WRONG_BY = Decimal("1.00")


class TestAnswer(StrEnum):
    """What may be said on its page."""

    # It begins like a class of tests, and is none.
    __test__ = False
    PAID = "paid"
    WRONG_SUM = "wrong_sum"
    NOT_PAID = "not_paid"


class TestProvider:
    """Says what somebody chose on its page; must be named in PAYMENT_PROVIDERS to exist at all in production."""

    __test__ = False
    name = "test"
    label = _("Test payment: no money moves")
    origin = ""

    def begin(self, payment: Payment, *, success_address: str, cancel_address: str) -> Begun:
        """Have the payment said on a page of ours, for as long as its order is held."""
        order = payment.order
        path = reverse("order_test", args=[order.event.slug, order_token(order), payment.key])
        return Begun(f"test_{payment.key}", f"{settings.SITE_URL}{path}", order.held_until)

    def fetch(self, payment: Payment) -> Truth:
        """What was said last about the payment; while nothing was, open for as long as its order waits for it."""
        said = ProviderEvent.objects.filter(provider=self.name, reference=payment.reference).order_by("-id")
        kinds = [kind for kind in said.values_list("kind", flat=True) if kind in list(TestAnswer)]
        if not kinds:
            is_wanted = payment.order.state in (Order.State.HELD, Order.State.OWED)
            return Truth(State.OPEN if is_wanted else State.NOT_PAID)
        if kinds[0] == TestAnswer.NOT_PAID:
            return Truth(State.NOT_PAID)
        wrong = WRONG_BY if kinds[0] == TestAnswer.WRONG_SUM else Decimal(0)
        return Truth(State.PAID, payment.amount + wrong, payment.currency)

    def close(self, payment: Payment) -> None:
        """Do nothing: a payment here ends with its order."""

    def refund(self, refund: Refund) -> RefundTruth:
        """Say that it is done: as nothing came, nothing has to go."""
        return RefundTruth(Back.DONE, f"test_{refund.key}")

    def fetch_refund(self, refund: Refund) -> RefundTruth:
        """Say that it is done, whatever became of the payment."""
        return self.refund(refund)

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Message:
        """What our own page signed, and nothing else."""
        try:
            said = json.loads(_SIGNER.unsign(body.decode()))
        except (UnicodeDecodeError, signing.BadSignature) as error:
            raise Forged from error
        return Message(said["id"], said["kind"], said["reference"])


def message_of(payment: Payment, answer: TestAnswer) -> bytes:
    """The test provider's message that this is what became of the payment, signed as only this site signs."""
    said = {"id": f"test_{uuid.uuid4()}", "kind": answer, "reference": payment.reference}
    return _SIGNER.sign(json.dumps(said)).encode()
