"""Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationsConfig(AppConfig):
    """Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

    name = "registrations"
    verbose_name = _("Registrations")
