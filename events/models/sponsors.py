"""The sponsors of an event, who are thanked on its page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.names import TitleField
from events.models.pictures import Picture


class Sponsor(models.Model):
    """One sponsor of one event. Those of one level stand together, the levels in the order of their first."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="sponsors", verbose_name=_("event")
    )
    name = TitleField(_("name"), max_length=120)
    level = models.CharField(_("level"), max_length=60, blank=True, help_text=_("Such as Gold."))
    link = models.URLField(_("link"), max_length=300, blank=True)
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("sponsor")
        verbose_name_plural = _("sponsors")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def by_level(sponsors: list[Sponsor]) -> dict[str, list[Sponsor]]:
        """The sponsors of each level, in their order."""
        found: dict[str, list[Sponsor]] = {}
        for sponsor in sponsors:
            found.setdefault(sponsor.level, []).append(sponsor)
        return found
