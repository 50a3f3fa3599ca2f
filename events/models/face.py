"""How an event looks, and on which other sites it may be shown."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.pictures import Picture


class Faced(models.Model):
    """Something with pictures and a colour of its own. Without them it has a pattern, and the site's colour."""

    # Until the next version: what the one before shows. Its files are pictures by now.
    image = models.ImageField(_("image"), upload_to="events/", blank=True, editable=False)
    header_picture = models.ForeignKey(
        Picture,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("header picture"),
    )
    header_focus_x = models.PositiveSmallIntegerField(
        _("what matters, from the left (%)"), default=50, db_default=50, validators=[MaxValueValidator(100)]
    )
    header_focus_y = models.PositiveSmallIntegerField(
        _("what matters, from the top (%)"), default=50, db_default=50, validators=[MaxValueValidator(100)]
    )
    logo = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    map_picture = models.ForeignKey(
        Picture,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("map of places"),
    )
    accent_colour = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour such as #0f766e."))],
    )
    embed_sites = models.TextField(
        _("sites that may show the programme"),
        blank=True,
        default="",
        db_default="",
        help_text=_("One to a line, such as https://www.example.org. Empty: none may."),
    )

    class Meta:
        abstract = True

    @property
    def embedding_sites(self) -> list[str]:
        """The sites in whose pages the programme may stand."""
        return self.embed_sites.split()
