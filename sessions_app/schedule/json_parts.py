"""Parts of a JSON programme: lists and objects with their places, and sessions where nobody looks for them."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.schedule.structure import ScheduleError


def mapping(value: Any, where: Where) -> dict[str, Any]:
    """Return an object; raises ScheduleError for anything else."""
    if not isinstance(value, dict):
        raise ScheduleError(_("an object in braces is expected here."), where)
    return value


def items(
    parent: dict[str, Any],
    key: str,
    where: Where,
    findings: Findings,
    *,
    quoted: bool = False,
    is_vital: bool = False,
) -> list[tuple[Where, Any]]:
    """Return the members of a list with their places; a missing list is an empty one.

    Anything else in its place is left out or, where sessions are lost with it, refused.
    """
    step = f"[{json.dumps(key, ensure_ascii=False)}]" if quoted else f".{key}"
    at = Where(path=where.path + step)
    found = parent.get(key)
    if isinstance(found, list | None):
        return [(Where(path=f"{at.path}[{index}]"), item) for index, item in enumerate(found or [])]
    note = findings.refuse if is_vital else findings.leave_out
    note(at, _("a list is expected here."))
    return []


def mappings(
    parent: dict[str, Any], key: str, where: Where, findings: Findings
) -> list[tuple[Where, dict[str, Any]]]:
    """Return the objects in a list with their places; what is no object is left out."""
    found = []
    for at, item in items(parent, key, where, findings):
        with findings.left_out():
            found.append((at, mapping(item, at)))
    return found


def links(session: dict[str, Any], key: str, where: Where, findings: Findings) -> list[dict[str, Any]]:
    """Return the links of a session, each an object, of which some files write the address alone."""
    found = []
    for at, link in items(session, key, where, findings):
        with findings.left_out():
            found.append({"url": link} if isinstance(link, str) else mapping(link, at))
    return found


def refuse_unread(parent: dict[str, Any], where: Where, known: set[str], findings: Findings) -> None:
    """Refuse lists of what looks like sessions under a name that is not known."""
    for key, value in parent.items():
        if key not in known and isinstance(value, list) and any(_is_like_a_session(item) for item in value):
            findings.refuse(
                Where(path=f"{where.path}.{key}"), _("there are sessions here, in a shape that is not known.")
            )


def _is_like_a_session(item: Any) -> bool:
    return isinstance(item, dict) and bool(
        {"title", "start", "starts_at", "start_time", "duration"} & set(item)
    )
