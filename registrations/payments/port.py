"""The port behind which every provider of payments stands, and what may go wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from events.errors import Refusal
from registrations.models import Payment, Refund

# No call to a provider takes longer than so many seconds.
SECONDS = 10


class ProviderSilent(Refusal):
    """The provider did not answer, or not in a way that can be understood: whether it acted is not known."""

    code = "provider_silent"
    status = 503
    default_message = _(
        "The bank has not answered yet. Nothing is lost: please try again in a minute, or wait for our mail."
    )


class ProviderDeclined(Refusal):
    """The provider answered that it does not do this; `data["said"]` is why, in its own words."""

    code = "provider_declined"
    status = 502
    default_message = _(
        "The payment provider does not take this payment. "
        "Please choose another way to pay, or write to the organizers."
    )


class UnknownProvider(Refusal):
    """This site has no such provider."""

    code = "unknown_provider"
    status = 404
    default_message = _("This site knows no such payment provider.")


class Forged(Refusal):
    """A message that the provider did not send, sent long ago, or meant for somebody else."""

    code = "forged"
    status = 400
    default_message = _("This message was not sent by the payment provider.")


class Unreadable(Refusal):
    """A message that is signed but says nothing that can be understood."""

    code = "unreadable"
    status = 400
    default_message = _("This message of the payment provider cannot be read.")


@dataclass(frozen=True)
class Begun:
    """A payment as the provider knows it: its reference, where the payer goes, and until when it can be paid."""

    reference: str
    address: str
    expires_at: datetime | None


class State(StrEnum):
    """How a payment stands at the provider."""

    OPEN = "open"
    PAID = "paid"
    # Over, and no money came.
    NOT_PAID = "not_paid"


@dataclass(frozen=True)
class Truth:
    """How a payment stands at the provider; what came, where it is paid."""

    state: State
    amount: Decimal = Decimal(0)
    currency: str = ""


class Back(StrEnum):
    """How a refund stands at the provider."""

    DONE = "done"
    # Taken, and on its way; the provider says later whether it came to its end.
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundTruth:
    """How a refund stands at the provider: by its reference there, and why where it failed."""

    state: Back
    reference: str = ""
    error: str = ""


@dataclass(frozen=True)
class Message:
    """What a provider tells us of its own accord: only that something happened; the truth is fetched."""

    event_id: str
    kind: str
    # The reference there of the payment, or of the refund, that it is about.
    reference: str = ""
    # Whose money it is about, where the provider says so.
    account: str = ""


class Provider(Protocol):
    """One way to pay. Each call may take seconds, so none is made within a transaction."""

    name: str

    @property
    def label(self) -> Any:
        """What the provider is called on pages."""

    @property
    def origin(self) -> str:
        """Where its page is, as Content-Security-Policy writes it; empty on our own site."""

    def begin(self, payment: Payment, *, success_address: str, cancel_address: str) -> Begun:
        """Have the provider expect the payment; asked again for the same payment, the same one is returned.

        The payer comes back by one of the addresses. Raises ProviderSilent or ProviderDeclined.
        """

    def fetch(self, payment: Payment) -> Truth:
        """How the payment stands there. Raises ProviderSilent or ProviderDeclined."""

    def close(self, payment: Payment) -> None:
        """Let nobody pay it any more, where it is still open. Raises ProviderSilent or ProviderDeclined."""

    def refund(self, refund: Refund) -> RefundTruth:
        """Give it back, once however often this is asked, by the refund's key. Raises ProviderSilent."""

    def fetch_refund(self, refund: Refund) -> RefundTruth:
        """How a refund that it has taken stands there. Raises ProviderSilent or ProviderDeclined."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Message | None:
        """What the message says, None where it is about nothing of ours. Raises Forged or Unreadable."""
