"""A process of its own in which an error is reported: Sentry's library changes Django for good once it has begun.

`python -m tests.monitoring.reporting SLUG`, on the test's database: Bob finishes a registration, which goes wrong.
Prints the answer's status and, as JSON, all that would be sent to Sentry, by its own library.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
import sentry_sdk

# Far from the lines that go wrong: a report quotes those around them.
BOB = ("bob@example.com", "Bob", "Baker")


def report(slug: str) -> None:
    """Let the registration go wrong, and print what is reported of it."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    from config.reports import report_errors
    from events.models import Event
    from registrations.rules.people import Attendee
    from registrations.website import finish as view
    from tests.website.clicks import choose, finish

    kept: list[Any] = []

    class Keeping(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope: Any) -> None:
            kept.extend(item.payload.json for item in envelope.items)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"cannot register {bob.email} at /harbour/me/secret-token/")

    setup_test_environment()
    report_errors("http://key@127.0.0.1:9/1", transport=Keeping)
    event, bob = Event.objects.get(slug=slug), Attendee(*BOB)
    client = Client(raise_request_exception=False)
    choose(client, *event.sessions.filter(selected_by_default=False))
    view.submit_agenda = broken  # type: ignore[assignment]
    client.cookies["sw_me"] = "signed-cookie-of-bob"
    print(json.dumps([finish(client, event, bob).status_code, kept], default=str))


if __name__ == "__main__":
    django.setup()
    report(sys.argv[1])
