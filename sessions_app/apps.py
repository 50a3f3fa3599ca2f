"""Floor 1: sessions, tracks, speakers and programme files."""

from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    """Floor 1: sessions, tracks, speakers and programme files."""

    name = "sessions_app"
    verbose_name = "Sessions"
