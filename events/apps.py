"""Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

from typing import Any

from django.apps import AppConfig
from django.db.models import signals
from django.utils.translation import gettext_lazy as _

from events.shown import OF_ALL, arm, disarm, watch


class EventsConfig(AppConfig):
    """Floor 0: events, places, people, passes and seat counts, and what every roof shares."""

    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Let what pages show of an event have a revision."""
        watch("events.Event", "id")
        for name in ("CustomRegistrationField", "Pass", "Picture", "Sale", "Sponsor"):
            watch(f"events.{name}")
        for label in ("events.Building", "events.Room", "events.Layout"):
            watch(label, OF_ALL)
        signals.pre_migrate.connect(_before, sender=self)
        signals.post_migrate.connect(_after, sender=self)


def _before(plan: Any = (), using: str = "default", **_more: Any) -> None:
    if plan:
        disarm(using)


def _after(using: str = "default", **_more: Any) -> None:
    arm(using)
