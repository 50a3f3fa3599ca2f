"""Which languages something speaks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Spoken(models.Model):
    """Something with pages and mails: its own language, and those that it offers."""

    language = models.CharField(
        _("language"),
        max_length=10,
        default="en",
        db_default="en",
        help_text=_("For whoever asks for no language that is offered."),
    )
    # Codes between commas; empty: all that there are.
    languages = models.CharField(
        _("languages offered"), max_length=100, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def offered_languages(self) -> list[str]:
        """The codes of the languages of its pages and mails, its own first."""
        ours = [code for code, _name in settings.LANGUAGES]
        own = self.language if self.language in ours else settings.LANGUAGE_CODE
        named = set(self.languages.split(",")) & set(ours) or set(ours)
        return [own, *(code for code in ours if code in named and code != own)]

    def language_for(self, wanted: str) -> str:
        """The wanted language where it is offered, else its own."""
        offered = self.offered_languages
        return wanted if wanted in offered else offered[0]
