"""`manage.py erase_contact ADDRESS`: give back what a person has, and forget who they were."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.actors import SYSTEM
from events.errors import Refusal
from events.models import Contact, normalise_email
from registrations.actions import erase_contact
from registrations.models import EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem


class Command(BaseCommand):
    """Says what the person has, and erases them once `--yes` is given."""

    help = "Erases a person: their seats are given back, their name, address and answers are gone. With --yes only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the address and `--yes`."""
        parser.add_argument("address", help="The e-mail address by which the person is known.")
        parser.add_argument("--yes", action="store_true", help="Do it. It cannot be undone.")

    def handle(self, *args: Any, address: str, yes: bool, **options: Any) -> None:
        """Erase, or say what would be."""
        contact = Contact.objects.filter(email=normalise_email(address)).first()
        if contact is None:
            raise CommandError(f"Nobody is known as {address}.")
        if not yes:
            self.stdout.write(
                f"{address}: {_what_they_have(contact)}. Nothing was changed; add --yes to erase."
            )
            return
        try:
            seats = erase_contact(contact, actor=SYSTEM)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Erased. {seats} session seats came free.")


def _what_they_have(contact: Contact) -> str:
    events = EventRegistration.objects.active().filter(contact=contact).count()
    seats = SessionRegistration.objects.active().filter(contact=contact).count()
    places = WaitlistItem.objects.open().filter(contact=contact).count()
    return f"{events} registrations, {seats} session seats, {places} places in line"
