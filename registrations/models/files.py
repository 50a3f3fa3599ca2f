"""Files of lists: what each member of staff takes along of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FileChoice(models.Model):
    """In which format one member of staff took one of the desk's lists along last, and without which columns.

    What was left out is kept, so that a column which comes later is in their next file.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("XLSX (Excel)")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # The list's name in addresses.
    of_list = models.CharField(max_length=40)
    format = models.CharField(max_length=4, choices=Format, default=Format.CSV)
    left_out = models.JSONField(default=list)

    class Meta:
        verbose_name = _("columns of a file")
        verbose_name_plural = _("columns of files")
        constraints = [models.UniqueConstraint(fields=["user", "of_list"], name="filechoice_once_per_list")]

    def __str__(self) -> str:
        return f"{self.of_list} of {self.user}"
