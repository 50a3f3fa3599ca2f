"""Who takes money for passes: read from the environment. Without any, passes are sold by invoice only."""

import os

# Names of providers, comma-separated, the first one first: stripe, or test, which moves no money.
PAYMENT_PROVIDERS = [
    name.strip()
    for name in os.environ.get(
        "PAYMENT_PROVIDERS",
        "" if os.environ.get("SEATWISE_PROFILE", "production") == "production" else "test",
    ).split(",")
    if name.strip()
]
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
# By which the messages of the endpoint /payments/stripe/webhook/ are signed.
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
# Empty: Stripe itself. Another address only for trials.
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "")
# The connected account whose money it is, where the key is a platform's.
STRIPE_ACCOUNT = os.environ.get("STRIPE_ACCOUNT", "")
