"""Floor 2: a pure queue; it never decides."""

from django.apps import AppConfig


class WaitlistsConfig(AppConfig):
    """Floor 2: a pure queue; it never decides."""

    name = "waitlists"
    verbose_name = "Waitlists"
