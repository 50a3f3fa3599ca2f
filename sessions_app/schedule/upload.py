"""A programme on its way from the desk's form to the import: checked, kept for an hour, then used or thrown away."""

from __future__ import annotations

import gzip
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import MAXIMUM_CAPACITY, Event, User
from sessions_app.schedule.capacities import Capacities, read_capacities
from sessions_app.schedule.parse import MAXIMUM_BYTES, parse_schedule
from sessions_app.schedule.structure import Schedule, ScheduleError

_FOLDER = "schedule-uploads"
_SALT = "sessions_app.schedule.upload"
_KEPT_FOR = timedelta(hours=1)


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

    def __init__(self, *args: Any, default_zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default_zone = default_zone
        self.schedule: Schedule | None = None
        self.content = b""
        self.capacities = Capacities()

    def clean_file(self) -> Any:
        """Read the programme; what is wrong with it is said here, with its line."""
        self.content = _content(self.cleaned_data["file"], MAXIMUM_BYTES)
        try:
            self.schedule = parse_schedule(self.content, default_zone=self._default_zone)
        except ScheduleError as error:
            raise forms.ValidationError(str(error)) from error
        return self.cleaned_data["file"]

    def clean_capacities_file(self) -> Any:
        """Read the capacities, with the line of what is wrong."""
        given = self.cleaned_data.get("capacities_file")
        if given:
            try:
                self.capacities = read_capacities(_content(given, 1024 * 1024))
            except ScheduleError as error:
                raise forms.ValidationError(str(error)) from error
        return given

    def clean(self) -> dict[str, Any]:
        self.capacities = Capacities(self.cleaned_data.get("capacity"), self.capacities.by_room)
        return self.cleaned_data


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

    def read(self, default_zone: str) -> Schedule:
        """Return the programme."""
        with _store().open(self.name) as file:
            return parse_schedule(gzip.decompress(file.read()), default_zone=default_zone)

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
