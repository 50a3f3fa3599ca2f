"""Somebody lost the telephone, the keys and the recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from events.models import User


class Command(BaseCommand):
    """Takes every second factor from one account; the password opens it until another one is set up."""

    help = "Takes every second factor from one account. Make sure first that it is the person who asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the address."""
        parser.add_argument("email", help="The address by which the person signs in.")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Delete them, and say how many there were."""
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in by {email}.")
        number, _by_model = Authenticator.objects.filter(user=user).delete()
        self.stdout.write(f"{number} second factors taken from {user.email}.")
