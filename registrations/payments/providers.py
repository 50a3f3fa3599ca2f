"""Which providers this site has."""

from __future__ import annotations

from django.conf import settings

from registrations.payments.manual import Manual
from registrations.payments.port import Provider, UnknownProvider
from registrations.payments.stripe import Stripe
from registrations.payments.test import TestProvider

ONLINE: dict[str, Provider] = {each.name: each for each in (Stripe(), TestProvider())}
_MANUAL = Manual()


def online_providers() -> list[Provider]:
    """The providers at which somebody can pay online here, as the setting PAYMENT_PROVIDERS names them."""
    return [ONLINE[name] for name in settings.PAYMENT_PROVIDERS if name in ONLINE]


def provider_of(name: str) -> Provider:
    """The provider of this name; raises UnknownProvider.

    One that is not offered any more still finishes what was begun there, except the test provider, which must be
    named.
    """
    if name == Manual.name:
        return _MANUAL
    is_known = name in settings.PAYMENT_PROVIDERS or (
        name == Stripe.name and bool(settings.STRIPE_SECRET_KEY)
    )
    if name not in ONLINE or not is_known:
        raise UnknownProvider
    return ONLINE[name]
