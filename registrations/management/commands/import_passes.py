"""`manage.py import_passes EVENT FILE`: the passes of an event from a CSV file."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import IMPORT
from events.errors import Refusal
from events.findings import Findings, Where
from events.models import Event, Pass
from registrations.actions import PassRow, add_passes
from sessions_app.models import Session
from sessions_app.schedule import values
from sessions_app.schedule.capacities import csv_rows
from sessions_app.schedule.structure import ScheduleError
from sessions_app.schedule.words import refusal_of

_COLUMNS = ["name", "price", "currency", "allocated"]
_LONGEST_NAME = 120
_HIGHEST_PRICE = Decimal("99999999.99")


class Command(BaseCommand):
    """Adds the passes that the event does not have yet; all of them or, if a row is wrong, none."""

    help = (
        "Add passes to an event from a CSV file with the columns name,price,currency,allocated and, if you like, "
        "sessions (names or IDs, separated by semicolons). A pass of the same name stays as it is. The first pass "
        "turns off “Allow registrants to create their own agenda”."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("event", help="readable ID of the event")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or say with line and reason why nothing was imported."""
        event = Event.objects.not_archived().filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(_("There is no event with the readable ID “%s”.") % options["event"])
        try:
            passes = read_passes(options["file"].read_bytes(), event)
            known = set(Pass.objects.offered().filter(event=event).values_list("name", flat=True))
            kept = add_passes(event, passes, actor=IMPORT)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        except ScheduleError as error:
            raise CommandError(refusal_of(options["file"], error)) from error
        except Refusal as error:
            raise CommandError(str(error)) from error
        self._say([row for row in passes if row.name not in known], len(passes), kept)

    def _say(self, new: list[PassRow], read: int, kept: int | None) -> None:
        self.stdout.write(
            _("Passes: %(new)s new, %(known)s known already.") % {"new": len(new), "known": read - len(new)}
        )
        if kept is None:
            return
        off = _("Own agenda was switched off because passes register people at event level.")
        stays = ngettext("%(n)d registration is kept.", "%(n)d registrations are kept.", kept) % {"n": kept}
        self.stdout.write(self.style.WARNING(f"{off} {stays}"))


def read_passes(content: bytes, event: Event) -> list[PassRow]:
    """Return the passes of a CSV file. Raises ScheduleError with the line of everything that is wrong."""
    sessions, found = _SessionsByName(event), Findings()
    passes: dict[str, PassRow] = {}
    for where, row in csv_rows(content, _COLUMNS, ["description", "sessions"], found=found):
        wanted = _read_row(row, where, sessions, found)
        if wanted.name in passes:
            found.refuse(where, _("the pass “%s” is listed twice.") % wanted.name)
        if wanted.name:
            passes[wanted.name] = wanted
    found.raise_refusals(ScheduleError)
    return list(passes.values())


def _read_row(row: dict[str, str], where: Where, sessions: _SessionsByName, found: Findings) -> PassRow:
    """Return the pass of one row; each of its values that cannot be is noted, so that all are said at once."""
    wanted: dict[str, Any] = {"name": "", "description": row["description"], "sessions": []}
    with found.refusing():
        name = values.short_text(row["name"], where, _("name"), _LONGEST_NAME)
        wanted["name"] = values.required(name, where, _("name"))
    with found.refusing():
        wanted["price"] = _price(row["price"], where)
    with found.refusing():
        wanted["currency"] = _currency(row["currency"], where)
    with found.refusing():
        wanted["allocated"] = values.capacity(row["allocated"], where)
    for one in filter(str.strip, row["sessions"].split(";")):
        with found.refusing():
            wanted["sessions"].append(sessions.find(one, where))
    return PassRow(**wanted)


def _price(written: str, where: Where) -> Decimal:
    """Return an amount with two decimals, 0 where nothing is said."""
    try:
        price = Decimal(written or "0")
    except InvalidOperation as error:
        raise _not_a_price(written, where) from error
    if not price.is_finite() or not 0 <= price <= _HIGHEST_PRICE or price != round(price, 2):
        raise _not_a_price(written, where)
    return round(price, 2)


def _not_a_price(written: str, where: Where) -> ScheduleError:
    return ScheduleError(_("the price “%s” is not an amount such as 120.00.") % written[:40], where)


def _currency(written: str, where: Where) -> str:
    currency = (written or "EUR").upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ScheduleError(_("the currency “%s” is not a code such as EUR.") % written[:40], where)
    return currency


class _SessionsByName:
    """The event's sessions by everything a file may call them."""

    def __init__(self, event: Event) -> None:
        self._found: dict[str, Session] = {}
        self._names: Counter[str] = Counter()
        for session in Session.objects.not_archived().filter(event=event, cancelled_at=None):
            self._names[session.name] += 1
            for name in (
                session.name,
                session.external_id,
                str(session.uuid),
                session.external_data.get("id"),
            ):
                if name:
                    self._found.setdefault(str(name), session)

    def find(self, written: str, where: Where) -> Session:
        """Return the session. Raises ScheduleError for one that is not there, or one of several."""
        name = written.strip()
        if self._names[name] > 1:
            raise ScheduleError(_("several sessions are called “%s”; give the ID instead.") % name, where)
        if name not in self._found:
            raise ScheduleError(_("the event has no session “%s”.") % name, where)
        return self._found[name]
