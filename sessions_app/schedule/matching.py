"""Matching of a file's sessions with the event's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings
from events.models import Event
from sessions_app.models import Session, Speaker
from sessions_app.schedule.occurrences import MARK, occurrence_id
from sessions_app.schedule.references import one_line
from sessions_app.schedule.structure import ScheduledSession


class Matching:
    """The event's sessions beside those of the file, each matched once."""

    def __init__(self, event: Event, incoming: Iterable[ScheduledSession]) -> None:
        self._event = event
        rows = Session.objects.filter(event=event).select_related("seats", "room", "building")
        found = list(rows.order_by("id"))
        self._taken_ids = {session.external_id for session in found if not session.archived_at}
        # Of two under one ID the one counts that was not deleted.
        self._sessions = [
            session
            for session in found
            if not session.archived_at or session.external_id not in self._taken_ids - {""}
        ]
        for session in self._sessions:
            session.event = event
        self._incoming = list(incoming)
        self.findings = Findings()
        self._matched: dict[str, Session] = {}
        self._said: set[str] = set()
        self._match()
        self._speakers: dict[int, set[int]] = defaultdict(set)
        links = Session.speakers.through.objects.filter(session__event=event)
        for session_id, speaker_id in links.values_list("session_id", "speaker_id"):
            self._speakers[session_id].add(speaker_id)

    def _match(self) -> None:
        """Match by guid; then by our own name for a session that came from nowhere; then by the file's id."""
        by_moment = [(one, (_root(one.external_id), one.starts_at)) for one in self._incoming]
        self._match_by(by_moment, [(_root(one.external_id), one.starts_at) for one in self._sessions])
        by_key = [(one, one.external_id) for one in self._incoming]
        self._match_by(by_key, [one.external_id for one in self._sessions])
        self._match_by(by_key, [str(one.uuid) for one in self._sessions])
        by_id = [(one, str(one.data.get("id", ""))) for one in self._incoming]
        self._match_by(by_id, [str(one.external_data.get("id", "")) for one in self._sessions])

    def _match_by(self, wanted: Iterable[tuple[ScheduledSession, Any]], known: Iterable[Any]) -> None:
        """Match what has the same key, unless the rest of it says that it is another session."""
        taken = {session.pk for session in self._matched.values()}
        by_key = {key: one for key, one in zip(known, self._sessions, strict=True) if one.pk not in taken}
        for incoming, key in wanted:
            session = by_key.get(key) if key else None
            if session is None or incoming.external_id in self._matched or session.pk in taken:
                continue
            if self._is_another(incoming, session):
                continue
            self._matched[incoming.external_id] = session
            taken.add(session.pk)

    def _is_another(self, incoming: ScheduledSession, session: Session) -> bool:
        """Return True where a guid contradicts, or an id alone stands for something else altogether.

        Ids are numbers that the next year's programme gives out again.
        """
        own_guid = _guid(session)
        if incoming.guid == str(session.uuid) or (incoming.guid and incoming.guid == own_guid):
            return False
        if incoming.guid and own_guid:
            return True
        alike = one_line(session.name).casefold() == incoming.name.casefold()
        if alike or session.starts_at == incoming.starts_at:
            return False
        if incoming.external_id not in self._said:
            self._said.add(incoming.external_id)
            self.findings.repair(
                incoming.where,
                _(
                    "its ID (%(id)s) was that of “%(other)s” at another time; this is taken as another session."
                )
                % {"id": incoming.data.get("id", incoming.external_id), "other": session.name},
                incoming.name,
            )
        return True

    def new_id(self, incoming: ScheduledSession) -> str:
        """Return an ID for a session that is new here, which no other session of the event has."""
        known_by = incoming.external_id
        if known_by in self._taken_ids:
            others = self._taken_ids | {one.external_id for one in self._incoming}
            numbers = (occurrence_id(_root(known_by), number) for number in count(2))
            known_by = next(candidate for candidate in numbers if candidate not in others)
        self._taken_ids.add(known_by)
        return known_by

    def current(self, incoming: ScheduledSession) -> Session | None:
        """Return our session, also one that is cancelled or deleted; None when it is new."""
        return self._matched.get(incoming.external_id)

    def is_gone(self, session: Session) -> bool:
        """True for a session that somebody cancelled or deleted here; an import does not bring it back."""
        return bool(session.cancelled_at or session.archived_at)

    def warnings(self) -> list[str]:
        """Say which sessions of the file stay cancelled or deleted."""
        gone = [session for session in self._matched.values() if self.is_gone(session)]
        return [
            (
                _("“%s” was deleted here and is not brought back.")
                if session.archived_at
                else _("“%s” was cancelled here and stays so.")
            )
            % session.name
            for session in gone
        ]

    def missing_from_file(self, skipped: frozenset[str]) -> list[str]:
        """Return the names of the sessions that an earlier file had and this one has not.

        One of those `skipped` is in the file, however it stands there.
        """
        matched = {session.pk for session in self._matched.values()}
        return [
            session.name
            for session in self._sessions
            if session.external_id
            and session.pk not in matched
            and not self.is_gone(session)
            and not {_root(session.external_id), str(session.uuid), session.external_data.get("id")} & skipped
        ]

    def other_speakers(self, session: Session, wanted: list[Speaker] | None) -> list[Speaker] | None:
        """Return the speakers to set, or None when they are right already."""
        if wanted is None or {speaker.pk for speaker in wanted} == self._speakers[session.pk]:
            return None
        return wanted


def _root(external_id: str) -> str:
    """Return what the file calls all occurrences of a session."""
    root, mark, number = external_id.rpartition(MARK)
    return root if mark and number.isdecimal() else external_id


def _guid(session: Session) -> str:
    """Return the guid that a file gave the session, empty where it gave an id only."""
    root = _root(session.external_id)
    return "" if root == session.external_data.get("id") else root
