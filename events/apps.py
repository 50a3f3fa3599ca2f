"""Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

    name = "events"
    verbose_name = _("Events")
