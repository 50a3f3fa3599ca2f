"""Floor 2: waitlists, a pure queue that never decides."""

from django.apps import AppConfig


class WaitlistsConfig(AppConfig):
    """Floor 2: waitlists, a pure queue that never decides."""

    name = "waitlists"
    verbose_name = "Waitlists"
