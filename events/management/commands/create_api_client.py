"""`manage.py create_api_client NAME`: credentials for another system, shown once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from events.models import ApiClient, Event
from events.models.clients import new_client_secret

SCOPES = ("read", "write", "override")
LONGEST_NAME = 100


class Command(BaseCommand):
    """Makes one API client and prints its id and secret; the secret is stored hashed and cannot be shown again."""

    help = "Create credentials for another system. The secret is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the ledger calls it, such as “Badge printer”")
        parser.add_argument(
            "--event",
            nargs="+",
            action="extend",
            default=[],
            metavar="SLUG",
            help="only these events; else all",
        )
        parser.add_argument("--scopes", nargs="+", choices=SCOPES, default=["read", "write"], metavar="SCOPE")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        slugs, name = set(options["event"]), options["name"].strip()
        events = list(Event.objects.not_archived().filter(slug__in=slugs))
        missing = slugs - {event.slug for event in events}
        if missing:
            raise CommandError(f"There is no event {', '.join(sorted(missing))}.")
        if not 1 <= len(name) <= LONGEST_NAME:
            raise CommandError(f"A name has 1 to {LONGEST_NAME} characters.")
        secret = new_client_secret()
        client = ApiClient.objects.create(
            name=name,
            scopes=" ".join(scope for scope in SCOPES if scope in options["scopes"]),
            client_secret=secret,
            sees_every_event=not slugs,
            client_type=ApiClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        )
        client.events.set(events)
        self.stdout.write(f"client_id={client.client_id}")
        self.stdout.write(f"client_secret={secret}")
        self.stderr.write("Keep the secret: it is stored hashed and cannot be shown again.")
