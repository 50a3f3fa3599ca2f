"""Floor 1: sessions, tracks, speakers and programme files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from events.shown import watch


class SessionsAppConfig(AppConfig):
    """Floor 1: sessions, tracks, speakers and programme files."""

    name = "sessions_app"
    verbose_name = _("Sessions")

    def ready(self) -> None:
        """Let the programme's tables raise the revision of what pages show."""
        for label in ("sessions_app.Session", "sessions_app.SessionTrack", "sessions_app.Speaker"):
            watch(label)
        for label in ("sessions_app.Session_speakers", "sessions_app.Session_passes"):
            watch(label, "session_id", of="sessions_app_session")
