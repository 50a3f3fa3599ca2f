"""Floor 2: waitlists, a pure queue that never decides."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaitlistsConfig(AppConfig):
    """Floor 2: waitlists, a pure queue that never decides."""

    name = "waitlists"
    verbose_name = _("Waitlists")
