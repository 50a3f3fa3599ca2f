"""Import of a programme into an event: repeatable, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import IMPORT, Actor
from events.findings import Findings
from events.models import Building, Event
from events.retrying import action
from events.roles import events_named_to
from registrations import locks
from registrations.actions import (
    new_seat_count,
    within_form_change_capacity,
    within_form_lock_people,
    within_form_move_event,
    within_form_move_session,
    within_form_note_edited,
    within_form_note_planned,
    within_form_tell_once,
)
from registrations.moves import TimeAndPlace
from sessions_app.models import Session
from sessions_app.queries import warnings_among
from sessions_app.schedule.buildings import asked_for_by_name, at_venue
from sessions_app.schedule.capacities import Capacities
from sessions_app.schedule.compare import Comparison, Wanted
from sessions_app.schedule.event_row import adopt, event_of, new_event, others_of_the_same_name
from sessions_app.schedule.matching import Matching
from sessions_app.schedule.references import find_or_make
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Schedule, ScheduledSession, ScheduleError

Progress = Callable[[int, int], None]
# A hall in which everything happens at once would fill pages.
MOST_CONSEQUENCES = 500
_PLACE_AND_TIME = {"starts_at", "ends_at", "building_id", "room_id", "layout_id"}


@dataclass(frozen=True)
class ImportOptions:
    """The options of an import beside its file: how many fit, where it is, and how new things begin."""

    capacities: Capacities = field(default_factory=Capacities)
    building: str = ""
    event_status: Event.PublishStatus = Event.PublishStatus.READY
    session_status: Session.Status = Session.Status.APPROVED


@action
def apply_schedule(
    schedule: Schedule,
    *,
    event: Event | None = None,
    among: QuerySet[Event] | None = None,
    options: ImportOptions | None = None,
    actor: Actor = IMPORT,
    at: datetime | None = None,
    preview: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Make the event's programme what the file says, in one transaction, and report it.

    The event is `event`, else the one that was imported before from the same conference (`among` these) and has a
    day or a session of the file's, else new. Sessions are matched by guid or id and changed only where the file
    says something else; those that the file no longer has are listed and left alone, cancelled and deleted ones
    stay so. Registrants of a session that moved are told after the commit. A preview reports the same and writes
    nothing. Raises ScheduleError for what cannot be, Busy when rows stay locked.
    """
    among = Event.objects.all() if among is None else among
    try:
        with transaction.atomic():
            started = _Import(schedule, options or ImportOptions(), actor, at or timezone.now(), progress)
            report = started.run(event or event_of(schedule, among))
            if report.is_event_new:
                report.warnings.extend(_namesakes(schedule, among.exclude(pk=report.event.pk)))
            report.is_preview = preview
            if preview:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise ScheduleError(
            _("somebody else changed this programme at the same moment; try again.")
        ) from error
    return report


def _namesakes(schedule: Schedule, among: QuerySet[Event]) -> list[str]:
    """Say which events of the same conference the file was kept apart from."""
    return [
        _(
            "The event %(slug)s came from “%(acronym)s” too, but has neither a day nor a session of this file's: "
            "this is another event. To bring that one up to date, import the file into it (--event %(slug)s)."
        )
        % {"slug": slug, "acronym": schedule.acronym}
        for slug in others_of_the_same_name(schedule, among)
    ]


@dataclass
class _Import:
    """One import while it runs."""

    schedule: Schedule
    options: ImportOptions
    actor: Actor
    at: datetime
    progress: Progress | None
    # Whether the file's first session made the event start sooner, and whether the event shows any of the file.
    moves_event: bool = False
    edits_event: bool = False

    def run(self, event: Event | None) -> ImportReport:
        """Import everything and return the report."""
        report = self._event(event)
        report.findings = list(self.schedule.findings)
        around = find_or_make(
            self.schedule, report.event, self.options.building, self.options.capacities, report
        )
        comparison = Comparison(
            report.event, self.schedule, around, self.options.capacities, not self.options.building
        )
        matching = Matching(report.event, self.schedule.sessions)
        self._sessions(comparison, matching, report)
        report.findings.extend(matching.findings)
        report.missing_from_file = matching.missing_from_file(self.schedule.skipped)
        self._warn(report)
        return report

    def _event(self, event: Event | None) -> ImportReport:
        if event is not None:
            # Without it two imports at once would both find a session missing, and one of them would fail.
            event = locks.lock_event(event.pk)
            report, before = ImportReport(event), (event.starts_at, event.ends_at, event.timezone)
            adopt(event, self.schedule, report)
            self.moves_event = event.starts_at != before[0]
            self.edits_event = (event.starts_at, event.ends_at, event.timezone) != before
            return report
        event = new_event(self.schedule, self.options.event_status, self._building(), self.actor)
        return ImportReport(event, is_event_new=True)

    def _building(self) -> Building | None:
        if self.options.building:
            return asked_for_by_name(self.options.building, self.schedule.city)
        return at_venue(self.schedule, None) if self.schedule.venue else None

    def _sessions(self, comparison: Comparison, matching: Matching, report: ImportReport) -> None:
        """Make what is new at once; change what is known in the order of seat counts, as all locks go."""
        new: list[tuple[ScheduledSession, Wanted]] = []
        known: list[tuple[Session, ScheduledSession, Wanted]] = []
        bad = Findings()
        for done, incoming in enumerate(self.schedule.sessions, start=1):
            current = matching.current(incoming)
            if current is None or not matching.is_gone(current):
                wanted = comparison.wanted(incoming, current)
                self._check_capacity(incoming, wanted, report.event, bad)
                if current is None:
                    wanted.fields["external_id"] = matching.new_id(incoming)
                    new.append((incoming, wanted))
                else:
                    known.append((current, incoming, wanted))
            if self.progress:
                self.progress(done, len(self.schedule.sessions))
        bad.raise_refusals(ScheduleError)
        report.warnings.extend(matching.warnings())
        self._create(new, report)
        within_form_lock_people(
            [current.pk for current, _incoming, wanted in known if _moves(current, wanted)]
        )
        with within_form_tell_once():
            if self.moves_event:
                within_form_move_event(report.event, actor=self.actor, at=self.at)
            in_order = sorted(known, key=lambda item: item[0].seats_id)
            edited: list[Event | Session] = [
                current
                for current, _incoming, wanted in in_order
                if self._update(current, wanted, matching, report)
            ]
            edited += [report.event] if self.edits_event else []
            within_form_note_edited(edited, actor=self.actor, at=self.at)

    def _check_capacity(
        self, incoming: ScheduledSession, wanted: Wanted, event: Event, bad: Findings
    ) -> None:
        most = event.seats.capacity
        if most is not None and wanted.capacity is not None and wanted.capacity > most:
            bad.refuse(
                incoming.where,
                _("the capacity of “%(name)s” (%(capacity)s) is above the event's maximum of %(most)s.")
                % {"name": incoming.name, "capacity": wanted.capacity, "most": most},
            )

    def _create(self, new: list[tuple[ScheduledSession, Wanted]], report: ImportReport) -> None:
        sessions = [
            Session(
                event=report.event,
                seats=new_seat_count(wanted.capacity, report.event),
                session_status=self.options.session_status,
                **wanted.fields,
            )
            for _incoming, wanted in new
        ]
        Session.objects.bulk_create(sessions)
        through = Session.speakers.through
        through.objects.bulk_create(
            through(session_id=session.pk, speaker_id=speaker.pk)
            for session, (_incoming, wanted) in zip(sessions, new, strict=True)
            for speaker in wanted.speakers or []
        )
        within_form_note_planned(sessions, actor=self.actor, at=self.at)
        report.created = len(sessions)

    def _update(self, session: Session, wanted: Wanted, matching: Matching, report: ImportReport) -> bool:
        """Make the session what the file says; True where that is something else."""
        before = TimeAndPlace.of(session)
        changed = [name for name, value in wanted.fields.items() if getattr(session, name) != value]
        new_speakers = matching.other_speakers(session, wanted.speakers)
        for name in changed:
            setattr(session, name, wanted.fields[name])
        if changed or new_speakers is not None:
            session.save(update_fields=[*changed, "updated_at"])
        if new_speakers is not None:
            session.speakers.set(new_speakers)
        self._change_capacity(session, wanted.capacity, report)
        if _PLACE_AND_TIME & set(changed):
            report.moved += 1
            report.told += within_form_move_session(before, session, actor=self.actor, at=self.at)
        is_changed = bool(changed) or new_speakers is not None
        report.updated += is_changed
        report.unchanged += not is_changed
        return is_changed

    def _change_capacity(self, session: Session, capacity: int | None, report: ImportReport) -> None:
        if capacity is not None and capacity != session.seats.capacity:
            within_form_change_capacity(session, capacity, actor=self.actor, at=self.at)
            report.capacities_changed += 1

    def _warn(self, report: ImportReport) -> None:
        event, names = report.event, [room.name for room in self.schedule.rooms]
        report.warnings.extend(self._consequences(event))
        report.capacity_missing = Session.objects.filter(event=event).capacity_missing().count()
        for room in self.options.capacities.rooms_not_in(names):
            report.warnings.append(
                _("The list of capacities has a room that the schedule has not: %s.") % room
            )

    def _consequences(self, event: Event) -> Iterator[str]:
        """Say what each of the event's sessions runs into, as the desk says it where one is saved."""
        sees = events_named_to(self.actor.user) if self.actor.user else None
        sessions = Session.objects.not_archived().filter(event=event, cancelled_at=None).in_programme_order()
        planned = sessions.select_related("event", "seats", "layout", "room", "building")
        for session, warning in islice(warnings_among(planned, sees=sees), MOST_CONSEQUENCES):
            yield _("“%(name)s”: %(detail)s") % {"name": session.name, "detail": warning.detail}


def _moves(session: Session, wanted: Wanted) -> bool:
    """True when the file says another time or place."""
    return any(
        getattr(session, name) != wanted.fields.get(name, getattr(session, name)) for name in _PLACE_AND_TIME
    )
