"""Floor 0: where, who, how many, by whose leave."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Floor 0: where, who, how many, by whose leave."""

    name = "events"
    verbose_name = "Events"
