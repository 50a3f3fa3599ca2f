"""`manage.py export_contact ADDRESS`: everything that is kept about a person, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from events.models import Contact, normalise_email
from registrations.queries.everything import everything_about


class Command(BaseCommand):
    """Prints what the person may ask to see."""

    help = "Prints everything that is kept about a person, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the address."""
        parser.add_argument("address", help="The e-mail address by which the person is known.")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        """Print it."""
        contact = Contact.objects.filter(email=normalise_email(address)).first()
        if contact is None:
            raise CommandError(f"Nobody is known as {address}.")
        found = everything_about(contact)
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
