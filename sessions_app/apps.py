"""Floor 1: what can be attended."""

from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    """Floor 1: what can be attended."""

    name = "sessions_app"
    verbose_name = "Sessions"
