"""Floor 3: decides, locks, gives, takes back, tells."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Floor 3: decides, locks, gives, takes back, tells."""

    name = "registrations"
    verbose_name = "Registrations"
