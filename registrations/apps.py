"""Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

    name = "registrations"
    verbose_name = "Registrations"
