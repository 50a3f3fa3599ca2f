"""What a session is, and for whom, in the organizer's own words: visitors choose by it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.names import TitleField


class Classified(models.Model):
    """Base of a session: its type and its level, each the same word for sessions alike; empty where nobody said."""

    kind = TitleField(
        _("type"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("One word for sessions alike, such as Talk or Workshop: visitors choose by it."),
    )
    level = TitleField(
        _("level"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("For whom, such as Beginners: visitors choose by it."),
    )

    class Meta:
        abstract = True
