"""Tracks and speakers of sessions, and of what type and level sessions are."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.models import Event, Mirrored, Picture
from events.models.in_words import InWords
from events.models.names import PersonNameField, TitleField
from sessions_app.models.links import Link, links_in, validate_links

CODE_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def new_code() -> str:
    """Return a short code for a public address, which says nothing about the row."""
    return get_random_string(10, CODE_CHARACTERS)


class RandomCode(models.Func):
    """Ten random hexadecimal digits, made by the database itself for rows that nobody gave a code."""

    output_field = models.CharField()

    def as_sqlite(self, *_args: Any, **_more: Any) -> tuple[str, tuple[str | int, ...]]:
        """The code in SQLite's words."""
        return "lower(hex(randomblob(5)))", ()

    def as_postgresql(self, *_args: Any, **_more: Any) -> tuple[str, tuple[str | int, ...]]:
        """The code in PostgreSQL's words."""
        return "substr(replace(gen_random_uuid()::text, '-', ''), 23, 10)", ()


class OfProgramme(Mirrored):
    """A row that sessions name; the sessions stay when it goes."""

    sessions: Any

    class Meta:
        abstract = True

    def shown_in(self) -> list[models.QuerySet[Any]]:
        """The sessions that name the row."""
        return [self.sessions.all()]


class Classified(InWords, models.Model):
    """Base of a session: its type and its level, each in the same words for sessions alike; empty where nobody said."""

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


class SessionTrack(OfProgramme):
    """One thread of an event's programme."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tracks", verbose_name=_("event"))
    name = TitleField(_("name"), max_length=120)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour such as #0f766e."))],
    )
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    most_sessions = models.PositiveSmallIntegerField(
        _("sessions to choose at most"),
        null=True,
        blank=True,
        help_text=_("Of this track, for each person. Included sessions do not count. Empty: any number."),
    )

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("session track")
        verbose_name_plural = _("session tracks")
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="sessiontrack_name_once_per_event")
        ]

    def __str__(self) -> str:
        return self.name


class Speaker(OfProgramme):
    """One person who speaks at sessions of an event."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="speakers", verbose_name=_("event")
    )
    name = PersonNameField(_("name"), max_length=200)
    # The name in its parts, where somebody said them; true while they make up the name.
    first_name = PersonNameField(_("first name"), max_length=100, blank=True, default="", db_default="")
    last_name = PersonNameField(_("last name"), max_length=100, blank=True, default="", db_default="")
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    company = models.CharField(_("company"), max_length=200, blank=True, default="", db_default="")
    job_title = models.CharField(_("job title"), max_length=200, blank=True, default="", db_default="")
    biography = models.TextField(_("biography"), blank=True, help_text=_("Markdown."))
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    links = models.TextField(
        _("links"),
        blank=True,
        default="",
        db_default="",
        validators=[validate_links],
        help_text=_(
            "One in a line: what it is called, then its address, such as “Blog https://example.org”."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("order"),
        null=True,
        blank=True,
        help_text=_("Those with a number come first on the event's page. Empty: after them, by name."),
    )
    # Of the public address of the speaker's page.
    code = models.CharField(max_length=20, default=new_code, db_default=RandomCode(), editable=False)
    external_id = models.CharField(
        _("ID in the imported schedule"), max_length=200, blank=True, editable=False
    )

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "external_id"],
                condition=~models.Q(external_id=""),
                name="speaker_once_per_imported_id",
            ),
            models.UniqueConstraint(fields=["event", "code"], name="speaker_code_once_per_event"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def speaking_at(cls, sessions: models.QuerySet[Any]) -> models.QuerySet[Speaker]:
        """The speakers of these sessions, each once."""
        return cls.objects.filter(id__in=sessions.order_by().values("speakers"))

    @property
    def shown_links(self) -> list[Link]:
        """The links as the speaker's page shows them."""
        return links_in(self.links)

    @property
    def names(self) -> tuple[str, str]:
        """First and last name: as they were said, else the last word of the name is the last name."""
        if f"{self.first_name} {self.last_name}".strip() == self.name:
            return self.first_name, self.last_name
        first, _space, last = self.name.rpartition(" ")
        return first, last
