"""What `manage.py check` says about providers of payments that are named and could take no money."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

_NEEDED_BY_STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")


def check_payments(**_more: Any) -> list[CheckMessage]:
    """Each provider that is named exists and has all it needs; the test provider is none for production."""
    named = settings.PAYMENT_PROVIDERS
    found: list[CheckMessage] = [
        Error(f"PAYMENT_PROVIDERS names {name!r}; it may name stripe and test.", id="seatwise.E001")
        for name in named
        if name not in ("stripe", "test")
    ]
    if "stripe" in named:
        found += _check_stripe()
    if "test" in named and settings.IS_PRODUCTION:
        found.append(
            Warning(
                "PAYMENT_PROVIDERS names test: passes are given without any money.",
                hint="Name it only on a site where nothing is sold.",
                id="seatwise.W001",
            )
        )
    return found


def _check_stripe() -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(f"PAYMENT_PROVIDERS names stripe: set {name}.", id="seatwise.E002")
        for name in _NEEDED_BY_STRIPE
        if not getattr(settings, name)
    ]
    if find_spec("stripe") is None:
        hint = "uv sync --extra stripe"
        found.append(
            Error(
                "PAYMENT_PROVIDERS names stripe, which is not installed.",
                hint=hint,
                id="seatwise.E003",
            )
        )
    base = settings.STRIPE_API_BASE
    if settings.IS_PRODUCTION and base and not base.startswith("https://"):
        found.append(Error("STRIPE_API_BASE must begin with https://.", id="seatwise.E004"))
    return found
