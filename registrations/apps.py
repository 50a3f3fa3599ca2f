"""Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from events.shown import watch


class RegistrationsConfig(AppConfig):
    """Floor 3: registrations, which are decided, locked, given, taken back and told of here."""

    name = "registrations"
    verbose_name = _("Registrations")

    def ready(self) -> None:
        """Let a draw that comes, goes or changes raise the revision of what its event's pages show."""
        watch("registrations.Draw")
