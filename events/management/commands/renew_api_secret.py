"""`manage.py renew_api_secret CLIENT_ID`: another secret for another system, shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from events.models import ApiClient

LONGEST_OVERLAP = 24 * 90


class Command(BaseCommand):
    """Gives an API client another secret and prints it; the one before is taken for some hours, or ends at once."""

    help = "Give another system another secret. It is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id", help="as create_api_client printed it; the desk lists it too")
        parser.add_argument(
            "--overlap",
            type=int,
            default=24,
            metavar="HOURS",
            help="how long the secret before is taken as well (24); 0: it and its tokens end now",
        )

    @transaction.atomic
    def handle(self, *args: Any, client_id: str, overlap: int, **options: Any) -> None:
        if not 0 <= overlap <= LONGEST_OVERLAP:
            raise CommandError(f"--overlap takes hours: 0 to {LONGEST_OVERLAP}.")
        client = ApiClient.objects.filter(client_id=client_id).first()
        if client is None:
            raise CommandError(f"There is no client {client_id}.")
        secret = client.renew_secret(overlap=timedelta(hours=overlap))
        self.stdout.write(f"client_secret={secret}")
        self.stderr.write("Keep the secret: it is stored hashed and cannot be shown again.")
