"""An event again, at another time: its plan comes along, its people do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.models import Event, EventTeamMember, Picture, Sale, SeatCount
from events.retrying import action
from events.zones import same_clock, same_times
from registrations.actions.journal import Journal
from registrations.models import Activity, ReminderSettings
from registrations.queries.copying import Copying, Part, check_copy, sessions_to_copy
from sessions_app.models import Session

Row = TypeVar("Row", bound=models.Model)

# What every row has of its own, and what an imported schedule or people have left on it.
FRESH = frozenset(
    {
        *("id", "uuid", "secure_id", "code", "slug", "seats", "created_at", "updated_at", "created_by"),
        *("external_id", "external_data", "calendar_sequence"),
        *("cancelled_at", "cancel_reason", "archived_at", "people_forgotten_at", "publish_status"),
    }
)
# What else a schedule's file said of a session: nothing by which an import would take the copy for the original.
KEPT_OF_FILE = ("subtitle", "language", "recording_license", "do_not_record", "links")


@action
def copy_event(event: Event, how: Copying, *, actor: Actor, at: datetime | None = None) -> list[Event]:
    """Make the copies, each a draft of its own with free seats; the ledger says of what they are copies.

    Settings, places, tracks, sessions, speakers, passes with what they include, the form's questions and the team come
    along as far as `how` says; clocks show the same times on the other days. Nobody is registered, nothing is counted,
    and no schedule that was imported into the original is imported into a copy. Whoever copies owns the copies, the
    original's owner plans them with the team. Live sessions are approved ones until somebody lets them go live.
    Raises Invalid by field.
    """
    at = at or timezone.now()
    try:
        with transaction.atomic(durable=True):
            check_copy(event, how)
            source = Event.objects.select_related("seats").get(pk=event.pk)
            journal = Journal(actor, at, {})
            copies = [
                _Copy(source, days, how.parts, actor).made(how.name.strip(), slug, journal)
                for slug, days in zip(how.slugs(), how.days_later(source), strict=True)
            ]
            journal.write()
            actor.done(copies)
    except IntegrityError as error:
        said = _("Somebody took this readable ID just now. Choose another one.")
        raise Invalid(fields={"slug": [said]}) from error
    return copies


@dataclass
class _Copy:
    """One copy while it is made."""

    source: Event
    days: int
    parts: frozenset[str]
    actor: Actor
    tracks: Mapping[int, models.Model] = field(default_factory=dict)
    speakers: Mapping[int, models.Model] = field(default_factory=dict)
    passes: Mapping[int, models.Model] = field(default_factory=dict)
    pictures: dict[int, Picture] = field(default_factory=dict)

    def made(self, name: str, slug: str, journal: Journal) -> Event:
        self.event = self._event(name, slug)
        self._mails()
        if Part.FORM in self.parts:
            self._write(self.source.custom_registration_fields.all())
        if Part.TEAM in self.parts:
            self._team()
        if Part.PASSES in self.parts:
            self._passes()
            self._sale()
        sessions = self._programme() if Part.PROGRAMME in self.parts else []
        reason = _("copy of “%(name)s”") % {"name": self.source}
        targets: list[Event | Session] = [self.event, *sessions]
        for target in targets:
            journal.note(Activity.Verb.PLANNED, target, reason=reason, detail={"copied_from": self.source.pk})
        return self.event

    def _event(self, name: str, slug: str) -> Event:
        source, [seats] = self.source, _seat_counts([self.source], None)
        starts_at, ends_at = same_times(source.starts_at, source.ends_at, self.days, source.zone)
        event = _like(
            self.source,
            name=name,
            slug=slug,
            seats=seats,
            created_by=self.actor.user,
            starts_at=starts_at,
            ends_at=ends_at,
            **self._shifted(self.source, ("registration_opens_at", "registration_closes_at")),
        )
        event.save(force_insert=True)
        self.event = event
        event.save(update_fields=self._show_own_pictures(event))
        SeatCount.objects.filter(pk=seats.pk).update(event=event)
        return event

    def _shifted(self, row: Any, names: Iterable[str]) -> dict[str, datetime | None]:
        zone = self.source.zone
        times = {name: getattr(row, name) for name in names}
        return {name: at and same_clock(at, self.days, zone) for name, at in times.items()}

    def _write(self, rows: Iterable[Any], **changed: Any) -> dict[int, Any]:
        """Write a copy of each row for the new event; return the copies by the original's id."""
        originals = list(rows)
        copies = [_like(row, event=self.event, **changed) for row in originals]
        for copy in copies:
            self._show_own_pictures(copy)
        if copies:
            type(copies[0])._default_manager.bulk_create(copies)
        return {row.pk: copy for row, copy in zip(originals, copies, strict=True)}

    def _show_own_pictures(self, row: models.Model) -> list[str]:
        """Let the row show the new event's pictures, copies of those that it shows; return the columns that do."""
        names = [each.name for each in row._meta.concrete_fields if each.related_model is Picture]
        shown = {name: getattr(row, name) for name in names if getattr(row, f"{name}_id")}
        for name, picture in shown.items():
            if picture.pk not in self.pictures:
                self.pictures[picture.pk] = _like(picture, event=self.event)
                self.pictures[picture.pk].save(force_insert=True)
            setattr(row, name, self.pictures[picture.pk])
        return list(shown)

    def _mails(self) -> None:
        """The organizer's own words and the reminders' times are settings like others."""
        self._write(self.source.mail_words.all())
        self._write(self.source.sponsors.select_related("picture"))
        for reminders in ReminderSettings.objects.filter(event=self.source):
            _like(reminders, event=self.event).save(force_insert=True)

    def _team(self) -> None:
        roles = dict(self.source.team.order_by("pk").values_list("user_id", "role"))
        if self.source.created_by_id:
            roles[self.source.created_by_id] = EventTeamMember.Role.PLANNER
        owner = self.actor.user.pk if self.actor.user else None
        EventTeamMember.objects.bulk_create(
            EventTeamMember(event=self.event, user_id=user, role=role)
            for user, role in roles.items()
            if user != owner
        )

    def _passes(self) -> None:
        originals = list(self.source.passes.offered().select_related("seats"))
        copies = [
            _like(one, event=self.event, seats=seats, **self._shifted(one, ("on_sale_from", "on_sale_until")))
            for one, seats in zip(originals, _seat_counts(originals, self.event), strict=True)
        ]
        self.event.passes.bulk_create(copies)
        self.passes = {one.pk: copy for one, copy in zip(originals, copies, strict=True)}

    def _sale(self) -> None:
        """How passes are sold comes along with them; the series of invoices is the original's where it was named."""
        for sale in Sale.objects.filter(event=self.source):
            _like(sale, event=self.event, **self._shifted(sale, ("refunds_until",))).save(force_insert=True)

    def _programme(self) -> list[Session]:
        self.tracks = self._write(self.source.tracks.all())
        self.speakers = self._write(self.source.speakers.all())
        originals = list(sessions_to_copy(self.source).select_related("seats").order_by("pk"))
        copies = [
            self._session(one, seats)
            for one, seats in zip(originals, _seat_counts(originals, self.event), strict=True)
        ]
        Session.objects.bulk_create(copies)
        found = {one.pk: copy for one, copy in zip(originals, copies, strict=True)}
        self._link(Session.speakers.through, "speaker_id", found, self.speakers)
        self._link(Session.passes.through, "pass_id", found, self.passes)
        return copies

    def _session(self, original: Session, seats: SeatCount) -> Session:
        original.event = self.source
        is_live = original.session_status == Session.Status.LIVE
        return _like(
            original,
            event=self.event,
            seats=seats,
            track=self.tracks.get(original.track_id or 0),
            session_status=Session.Status.APPROVED if is_live else original.session_status,
            external_data={
                name: original.external_data[name]
                for name in KEPT_OF_FILE
                if original.external_data.get(name)
            },
            **_times(original, self.days),
        )

    def _link(
        self,
        through: Any,
        other: str,
        sessions: Mapping[int, Session],
        others: Mapping[int, models.Model],
    ) -> None:
        rows = through.objects.filter(session__event=self.source, session_id__in=sessions)
        through.objects.bulk_create(
            through(**{"session_id": sessions[session].pk, other: others[found].pk})
            for session, found in rows.order_by("pk").values_list("session_id", other)
            if found in others
        )


def _like(row: Row, **changed: Any) -> Row:
    """Return an unsaved row with all that this one says, but for what every row has of its own."""
    kept = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    fresh = {each.attname for each in row._meta.concrete_fields if each.name in FRESH | changed.keys()}
    return type(row)(**{name: value for name, value in kept.items() if name not in fresh}, **changed)


def _seat_counts(originals: Iterable[Any], event: Event | None) -> list[SeatCount]:
    """Return saved seat counts with the originals' limits, and nobody in them."""
    counts = [
        SeatCount(event=event, capacity=one.seats.capacity, hard_limit=one.seats.hard_limit)
        for one in originals
    ]
    return SeatCount.objects.bulk_create(counts)


def _times(session: Session, days: int) -> dict[str, Any]:
    """A session's times and its day, so many days later by its own clock."""
    if session.starts_at is None or session.ends_at is None:
        return {"date": session.date + timedelta(days=days)}
    starts_at, ends_at = same_times(session.starts_at, session.ends_at, days, session.zone)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "date": starts_at.astimezone(session.zone).date(),
    }
