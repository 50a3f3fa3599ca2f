"""Sessions of a file that share a guid or id: the occurrences of one, the same one twice, or a fault."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from events.findings import Findings
from sessions_app.schedule.sessions import LONGEST_ID
from sessions_app.schedule.structure import ScheduledSession

# Between what a file calls a session and the number of its occurrence. No ID that was read holds two spaces.
MARK = "  #"


def apart(sessions: list[ScheduledSession], found: Findings) -> list[ScheduledSession]:
    """Return the sessions in their order, each known by an ID of its own.

    Another start under the same ID is another occurrence, and they are numbered in order of time. The same session
    twice counts once. Two sessions under one ID at the same time are a fault of the second.
    """
    by_id: dict[str, list[ScheduledSession]] = {}
    for session in sessions:
        by_id.setdefault(session.external_id, []).append(session)
    known_by: dict[int, str] = {}
    for same in by_id.values():
        occurrences = sorted(_distinct(same, found), key=lambda session: session.starts_at)
        for number, session in enumerate(occurrences, start=1):
            known_by[id(session)] = occurrence_id(session.external_id, number)
            if number > 1:
                found.repair(
                    session.where,
                    _("its ID (%(id)s) is given to %(first)s too, at another time: another occurrence.")
                    % {"id": session.external_id, "first": occurrences[0].where},
                    session.name,
                )
    return [
        replace(session, external_id=known_by[id(session)]) for session in sessions if id(session) in known_by
    ]


def occurrence_id(external_id: str, number: int) -> str:
    """Return by what an occurrence is known: the ID itself for the first one."""
    mark = f"{MARK}{number}"
    return external_id if number == 1 else external_id[: LONGEST_ID - len(mark)] + mark


def _distinct(same: list[ScheduledSession], found: Findings) -> list[ScheduledSession]:
    """Return the sessions under one ID, each start once."""
    by_start: dict[object, ScheduledSession] = {}
    for session in same:
        first = by_start.setdefault(session.starts_at, session)
        if first is session:
            continue
        reason = _("the session “%(name)s” has the same ID (%(id)s) as the one at %(place)s.") % {
            "name": session.name,
            "id": session.external_id,
            "place": first.where,
        }
        if first == session:
            found.repair(session.where, _("%s They are the same and count once.") % reason, session.name)
        else:
            found.bad_row(session.where, reason, session.name)
    return list(by_start.values())
