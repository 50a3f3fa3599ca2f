"""Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

    name = "events"
    verbose_name = "Events"
