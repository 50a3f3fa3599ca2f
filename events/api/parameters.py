"""Query parameters. A parameter that nobody knows is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from events.errors import Invalid

TRUE, FALSE = {"1", "true"}, {"0", "false"}
LONGEST = 20_000


def check_names(request: Request, known: Collection[str]) -> None:
    """Raises Invalid for a parameter that is not among the known ones, or holds what no text holds."""
    wrong = {}
    for name, values in request.query_params.lists():
        if name not in known:
            wrong[name[:100]] = [_("There is no such parameter here.")]
        elif len(values) > 1:
            wrong[name] = [_("Give this once.")]
        elif "\x00" in values[0] or len(values[0]) > LONGEST:
            wrong[name] = [_("This cannot be right.")]
    if wrong:
        raise Invalid(_("A parameter in the address is wrong."), fields=wrong)


def numbers(request: Request, name: str, most: int) -> list[int] | None:
    """A parameter that is a list of ids between commas; None where it is not given. Raises Invalid."""
    value = request.query_params.get(name)
    if value is None:
        return None
    given = [word.strip() for word in value.split(",")]
    if len(given) > most or not all(re.fullmatch(r"[0-9]{1,18}", word) for word in given):
        raise Invalid(fields={name: [_("Give at most %(most)d ids between commas.") % {"most": most}]})
    return [int(word) for word in given]


def known_names(request: Request, name: str, known: Collection[str]) -> tuple[list[str], list[str]]:
    """A parameter that is a list of words between commas: those that are known, and the others."""
    given = [word.strip() for word in request.query_params.get(name, "").split(",") if word.strip()]
    return [word for word in given if word in known], [word for word in given if word not in known]


def flag(request: Request, name: str, *, default: bool) -> bool:
    """A parameter that is 0 or 1 (true and false too). Raises Invalid for anything else."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.lower() not in TRUE | FALSE:
        raise Invalid(fields={name: [_("Give 1 or 0.")]})
    return given.lower() in TRUE


def names(request: Request, name: str, known: Collection[str]) -> list[str]:
    """A parameter that is a list of known words between commas. Raises Invalid for any other word."""
    value = request.query_params.get(name)
    # Also nothing between two commas is a word that nobody knows.
    given = [] if value is None else [word.strip() for word in value.split(",")]
    unknown = [word for word in given if word not in known]
    if unknown:
        text = _("“%(word)s” cannot be asked for. Known here: %(known)s.")
        shown = {"word": unknown[0][:100], "known": ", ".join(sorted(known)) or "–"}
        raise Invalid(fields={name: [text % shown]})
    return given


def moment(request: Request, name: str) -> datetime | None:
    """A parameter that is an instant such as 2026-11-20T09:00:00Z; without a zone it is UTC. Raises Invalid."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        return read_moment(given)
    except ValueError as error:
        raise Invalid(fields={name: [str(error)]}) from error


def read_moment(given: str) -> datetime:
    """The instant that a text names; without a zone it is UTC. Raises ValueError with words for people."""
    try:
        # A plus that was not escaped arrives as a space.
        found = parse_datetime(given.strip().replace(" ", "+") if "T" in given else given)
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(_("Give a moment such as 2026-11-20T09:00:00Z."))
