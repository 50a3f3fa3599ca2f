"""Matching of a file's sessions with the event's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from events.models import Event
from sessions_app.models import Session, Speaker
from sessions_app.schedule.structure import ScheduledSession


class Matching:
    """The event's sessions beside those of the file, each matched once."""

    def __init__(self, event: Event, incoming: Iterable[ScheduledSession]) -> None:
        self._event = event
        rows = Session.objects.filter(event=event).select_related("seats", "room", "building")
        self._sessions = list(rows.order_by("-archived_at", "id"))
        for session in self._sessions:
            session.event = event
        self._matched = self._match(list(incoming))
        self._speakers: dict[int, set[int]] = defaultdict(set)
        links = Session.speakers.through.objects.filter(session__event=event)
        for session_id, speaker_id in links.values_list("session_id", "speaker_id"):
            self._speakers[session_id].add(speaker_id)

    def _match(self, incoming: list[ScheduledSession]) -> dict[str, Session]:
        """Match by guid; then by our own name for a session that came from nowhere; then by the file's id."""
        matched: dict[str, Session] = {}
        taken: set[int] = set()
        names = [
            {session.external_id: session for session in self._sessions},
            {str(session.uuid): session for session in self._sessions},
            {str(session.external_data.get("id", "")): session for session in self._sessions},
        ]
        for known in names:
            for one in incoming:
                key = str(one.data.get("id", "")) if known is names[-1] else one.external_id
                session = known.get(key) if key else None
                if session and one.external_id not in matched and session.pk not in taken:
                    matched[one.external_id] = session
                    taken.add(session.pk)
        return matched

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

    def missing_from_file(self) -> list[str]:
        """Return the names of the sessions that an earlier file had and this one has not."""
        matched = {session.pk for session in self._matched.values()}
        return [
            session.name
            for session in self._sessions
            if session.external_id and session.pk not in matched and not self.is_gone(session)
        ]

    def other_speakers(self, session: Session, wanted: list[Speaker] | None) -> list[Speaker] | None:
        """Return the speakers to set, or None when they are right already."""
        if wanted is None or {speaker.pk for speaker in wanted} == self._speakers[session.pk]:
            return None
        return wanted
