"""Pictures of an event, of those who speak there and of those who pay for it: their bytes are rows like others."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The longer side of the picture for lists, in pixels.
SMALL = 480


class PictureFile(models.Model):
    """The bytes of one picture, once, however many events show it; known by their hash.

    They lie in the database: each of several web processes has them, and so has a backup.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    media_type = models.CharField(max_length=20, editable=False)
    content = models.BinaryField()
    # For lists and faces; empty where the picture itself is as small.
    small = models.BinaryField(default=b"", db_default=b"")
    # A file that nothing shows is deleted some time after somebody last uploaded it.
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        default_permissions = ()
        verbose_name = _("picture's file")
        verbose_name_plural = _("pictures' files")

    def __str__(self) -> str:
        return self.sha256


class Picture(models.Model):
    """One picture of an event: what a page needs to show it. Its bytes are read by nothing but its own address."""

    event = models.ForeignKey(
        "events.Event", on_delete=models.CASCADE, related_name="pictures", verbose_name=_("event")
    )
    file = models.ForeignKey(
        PictureFile, on_delete=models.PROTECT, to_field="sha256", related_name="pictures", editable=False
    )
    extension = models.CharField(max_length=4, editable=False)
    width = models.PositiveSmallIntegerField(_("width"), editable=False)
    height = models.PositiveSmallIntegerField(_("height"), editable=False)
    alt = models.CharField(
        _("what it shows"),
        max_length=200,
        blank=True,
        help_text=_("Read aloud to those who do not see it."),
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.alt or self.url

    @property
    def url(self) -> str:
        """The path of the picture itself. What is there never changes."""
        return self._path("")

    @property
    def small_url(self) -> str:
        """The path of the same picture, at most `SMALL` pixels wide and high."""
        return self._path("-small")

    @property
    def srcset(self) -> str:
        """Both sizes with their widths, for the browser to choose from."""
        longer = max(self.width, self.height)
        if longer <= SMALL:
            return f"{self.url} {self.width}w"
        return f"{self.small_url} {round(self.width * SMALL / longer)}w, {self.url} {self.width}w"

    def _path(self, size: str) -> str:
        return reverse("picture", args=[f"{self.file_id}{size}.{self.extension}"])


class SharedPicture(models.Model):
    """A picture that was drawn for those who share a link, kept so that it is drawn once; `key` says of what it is."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name = _("picture of a shared link")
        verbose_name_plural = _("pictures of shared links")

    def __str__(self) -> str:
        return self.key
