"""A programme on its way from the desk's form to the import: checked, kept for an hour, then used or thrown away."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.findings import NOWHERE, Choice
from events.forms.fields import ZoneInput
from events.models import MAXIMUM_CAPACITY, Event, User
from sessions_app.schedule.capacities import Capacities, read_capacities
from sessions_app.schedule.event_row import programme_for
from sessions_app.schedule.parse import MAXIMUM_BYTES
from sessions_app.schedule.structure import Choices, Schedule, ScheduleError
from sessions_app.schedule.values import length, zone_name
from sessions_app.schedule.words import ways_out

_FOLDER = "schedule-uploads"
_SALT = "sessions_app.schedule.upload"
_KEPT_FOR = timedelta(hours=1)
_MOST_SHOWN = 200
_FIELDS = {
    Choice.SKIP_BAD: "skip_bad",
    Choice.DEFAULT_DURATION: "default_duration",
    Choice.TIME_ZONE: "zone",
    Choice.BUILDING: "building",
}


class UploadForm(forms.Form):
    """The file of a programme and how many people fit; `schedule` and `capacities` once it is valid."""

    file = forms.FileField(label=_("Schedule"), help_text=_("schedule.xml or schedule.json, 20 MB at most."))
    capacities_file = forms.FileField(
        label=_("Capacities of rooms"),
        required=False,
        help_text=_("CSV file with the columns room,capacity."),
    )
    capacity = forms.IntegerField(
        label=_("Capacity elsewhere"),
        required=False,
        validators=[MinValueValidator(0), MaxValueValidator(MAXIMUM_CAPACITY)],
        help_text=_("For each session whose room's capacity nobody knows. Empty: to be set later."),
    )
    building = forms.CharField(
        label=_("Building"),
        required=False,
        max_length=120,
        help_text=_("Empty: the event's, or the file's venue."),
    )

    zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=ZoneInput,
        help_text=_("Where the file names none. Empty: the event's, or what the file's dates say."),
    )
    default_duration = forms.CharField(
        label=_("Duration elsewhere"),
        required=False,
        max_length=10,
        help_text=_(
            "Hours and minutes such as 00:30, for sessions whose own is missing or impossible. Empty: they are refused."
        ),
    )
    skip_bad = forms.BooleanField(
        label=_("Skip sessions that cannot be imported"),
        required=False,
        help_text=_("They are listed, and all others imported. Off: the file is refused."),
    )

    def __init__(
        self, *args: Any, event: Event | None = None, among: QuerySet[Event] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._event, self._among = event, Event.objects.none() if among is None else among
        self.schedule: Schedule | None = None
        self.content = b""
        self.capacities = Capacities()

    def clean_file(self) -> Any:
        """Keep what is in the file; a file that is too large is not read."""
        self.content = _content(self.cleaned_data["file"], MAXIMUM_BYTES)
        return self.cleaned_data["file"]

    def clean_zone(self) -> str:
        """Return the name of the zone that is meant."""
        with _said_at_the_field():
            return zone_name(self.cleaned_data["zone"], NOWHERE)

    def clean_default_duration(self) -> int | None:
        """Return the duration in minutes."""
        with _said_at_the_field():
            found = length(self.cleaned_data["default_duration"], NOWHERE)
        return None if found is None else int(found.total_seconds() // 60)

    def clean_capacities_file(self) -> Any:
        """Read the capacities, with the line of what is wrong."""
        given = self.cleaned_data.get("capacities_file")
        if given:
            with _said_at_the_field():
                self.capacities = read_capacities(_content(given, 1024 * 1024))
        return given

    def clean(self) -> dict[str, Any]:
        """Read the programme as it was chosen; everything that is wrong with it is said at the file, with its line."""
        given = self.cleaned_data
        self.capacities = Capacities(given.get("capacity"), self.capacities.by_room)
        if self.content and not {"zone", "default_duration"} & set(self.errors):
            try:
                self.schedule = programme_for(
                    self.content,
                    self._event,
                    self._among,
                    zone=given["zone"],
                    choices=choices_of(given["skip_bad"], given["default_duration"]),
                )
            except ScheduleError as error:
                self.refuse_file(error)
        return given

    def refuse_file(self, error: ScheduleError) -> None:
        """Say at the file everything that stands against it, and what could be chosen instead."""
        shown = [str(finding) for finding in error.findings[:_MOST_SHOWN]]
        if len(error.findings) > len(shown):
            shown.append(_("… %(total)s in all") % {"total": len(error.findings)})
        words = {choice: str(self.fields[name].label) for choice, name in _FIELDS.items()}
        hint = ways_out(error, {**words, Choice.EVENT: str(_("to upload it from the page of the event"))})
        self.add_error("file", [*shown, hint] if hint else shown)


@contextmanager
def _said_at_the_field() -> Iterator[None]:
    try:
        yield
    except ScheduleError as error:
        raise forms.ValidationError([str(finding) for finding in error.findings]) from error


def choices_of(skip_bad: bool, minutes: int | None) -> Choices:
    """Return what was chosen for sessions with blemishes."""
    return Choices(skip_bad, None if minutes is None else timedelta(minutes=minutes))


def _content(file: Any, most: int) -> bytes:
    if file.size > most:
        raise forms.ValidationError(
            _("This file is larger than %(most)s MB."), params={"most": most // 1024 // 1024}
        )
    return file.read()


@dataclass(frozen=True)
class PendingUpload:
    """One checked upload: where its file is kept, and what was chosen beside it. Its token is good for its owner."""

    name: str
    user: int
    event: int | None
    capacity: int | None
    by_room: dict[str, int]
    building: str
    zone: str
    skip_bad: bool
    minutes: int | None

    @classmethod
    def keep(cls, form: UploadForm, user: User, event: Event | None) -> PendingUpload:
        """Keep the uploaded file, and forget files that nobody came back for."""
        _forget_old_ones()
        name = _store().save(f"{_FOLDER}/{uuid.uuid4()}.gz", ContentFile(gzip.compress(form.content, 5)))
        return cls(
            name=name,
            user=user.pk,
            event=event.pk if event else None,
            capacity=form.capacities.default,
            by_room=form.capacities.by_room,
            building=form.cleaned_data["building"],
            zone=form.cleaned_data["zone"],
            skip_bad=form.cleaned_data["skip_bad"],
            minutes=form.cleaned_data["default_duration"],
        )

    @classmethod
    def of(cls, token: str, user: User, event: Event | None) -> PendingUpload | None:
        """Return the upload of a token, None when it is forged, old, used, somebody else's or another event's."""
        try:
            kept = cls(**signing.loads(token, salt=_SALT, max_age=_KEPT_FOR))
        except (signing.BadSignature, TypeError):
            return None
        is_mine = kept.user == user.pk and kept.event == (event.pk if event else None)
        return kept if is_mine and _store().exists(kept.name) else None

    @property
    def token(self) -> str:
        """The signed token that leads back to the upload."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    @property
    def capacities(self) -> Capacities:
        """The capacities that were uploaded beside the file."""
        return Capacities(self.capacity, self.by_room)

    def read(self, event: Event | None, among: QuerySet[Event]) -> Schedule:
        """Return the programme as it was chosen to be read."""
        with _store().open(self.name) as file:
            content = gzip.decompress(file.read())
        choices = choices_of(self.skip_bad, self.minutes)
        return programme_for(content, event, among, zone=self.zone, choices=choices)

    def forget(self) -> None:
        """Throw the file away."""
        _store().delete(self.name)


def _store() -> Storage:
    return storages["uploads"]


def _forget_old_ones() -> None:
    if not _store().exists(_FOLDER):
        return
    for name in _store().listdir(_FOLDER)[1]:
        path = f"{_FOLDER}/{name}"
        if timezone.now() - _store().get_modified_time(path) > 2 * _KEPT_FOR:
            _store().delete(path)
