"""Floor 1: sessions, tracks, speakers and programme files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsAppConfig(AppConfig):
    """Floor 1: sessions, tracks, speakers and programme files."""

    name = "sessions_app"
    verbose_name = _("Sessions")
