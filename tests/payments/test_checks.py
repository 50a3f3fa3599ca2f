"""A provider that is named half configured is an error before it is one in front of a payer."""

from __future__ import annotations

import pytest

from config.checks import check_payments
from registrations.payments.providers import online_providers

pytestmark = pytest.mark.once
WHOLE = {"STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_x", "STRIPE_API_BASE": ""}


@pytest.mark.parametrize(
    ("named", "without", "expected"),
    [
        ([], {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"}, []),
        (["stripe"], set(), []),
        (["stripe"], {"STRIPE_SECRET_KEY"}, ["seatwise.E002"]),
        (["stripe"], {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"}, ["seatwise.E002"] * 2),
        (["stripe", "paypal"], set(), ["seatwise.E001"]),
        (["test"], set(), ["seatwise.W001"]),
    ],
)
def test_says_what_is_missing(settings, named, without, expected):
    settings.IS_PRODUCTION, settings.PAYMENT_PROVIDERS = True, named
    for name, value in WHOLE.items():
        setattr(settings, name, "" if name in without else value)
    assert [each.id for each in check_payments()] == expected
    assert [each.name for each in online_providers()] == [name for name in named if name != "paypal"]


def test_money_is_not_sent_around_without_tls(settings):
    settings.IS_PRODUCTION, settings.PAYMENT_PROVIDERS = True, ["stripe"]
    for name, value in (WHOLE | {"STRIPE_API_BASE": "http://pay.example"}).items():
        setattr(settings, name, value)
    assert [each.id for each in check_payments()] == ["seatwise.E004"]


def test_a_trial_needs_no_more_than_its_name(settings):
    settings.IS_PRODUCTION, settings.PAYMENT_PROVIDERS = False, ["test"]
    assert check_payments() == []
