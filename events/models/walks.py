"""Walks between the places of an event: how many minutes on foot, as its organizer says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_WALK_MINUTES = 240


def walk_key(one: int, other: int) -> str:
    """The name of the way between two buildings, given by their ids: the same in both directions."""
    return f"{min(one, other)}-{max(one, other)}"


class Walked(models.Model):
    """Something that happens in several places, with the minutes it takes from one to another."""

    minutes_between_rooms = models.PositiveSmallIntegerField(
        _("minutes between rooms"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_WALK_MINUTES)],
        help_text=_("On foot, within one building. Empty: nobody is warned."),
    )
    # By `walk_key` of two buildings; a way that nobody measured is not there.
    walk_minutes = models.JSONField(_("minutes between buildings"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def knows_walks(self) -> bool:
        """True once somebody said how long any way takes."""
        return bool(self.minutes_between_rooms or self.walk_minutes)

    @property
    def longest_walk(self) -> timedelta:
        """The longest way that anybody spoke of."""
        minutes = [self.minutes_between_rooms or 0, *(self.walk_minutes or {}).values()]
        return timedelta(minutes=max(minutes))

    def minutes_on_foot(self, here: Any, there: Any) -> int:
        """The minutes from one session's place to another's; 0 where it is the same, or where nobody knows."""
        if here.building_id is None or there.building_id is None:
            return 0
        if here.building_id != there.building_id:
            return (self.walk_minutes or {}).get(walk_key(here.building_id, there.building_id), 0)
        is_elsewhere = here.room_id and there.room_id and here.room_id != there.room_id
        return (self.minutes_between_rooms or 0) if is_elsewhere else 0
