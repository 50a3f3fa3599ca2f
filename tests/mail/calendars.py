"""A calendar that takes in the files of mails as calendar programs do: by UID, SEQUENCE and METHOD."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import icalendar

Shown = tuple[str, datetime, datetime, str]


@dataclass
class Calendar:
    """What a program shows that was given one mail after the other.

    Of two revisions of one entry the higher SEQUENCE counts, of two alike the later DTSTAMP (RFC 5546, 2.1.5),
    whichever came first.
    """

    entries: dict[str, icalendar.Event] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    def take(self, mails: Iterable[Any]) -> Calendar:
        """Take in the files of these mails, in this order."""
        for mail in mails:
            for part in mail.attachments:
                if part.get_content_type() == "text/calendar":
                    self._import(part)
        return self

    def _import(self, part: Any) -> None:
        file = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        method = str(file["METHOD"])
        assert method == part.get_param("method"), "the part says what its file does"
        assert method in {"PUBLISH", "REQUEST", "CANCEL"}
        if method != "PUBLISH":
            assert len({str(entry["UID"]) for entry in file.events}) == 1, "only PUBLISH may carry several"
        for entry in file.events:
            self._apply(entry, is_cancelled=method == "CANCEL" or entry["STATUS"] == "CANCELLED")

    def _apply(self, entry: icalendar.Event, *, is_cancelled: bool) -> None:
        uid = str(entry["UID"])
        known = self.entries.get(uid)
        if known is not None and _revision(entry) < _revision(known):
            return
        self.entries[uid] = entry
        (self.cancelled.add if is_cancelled else self.cancelled.discard)(uid)

    @property
    def shown(self) -> set[Shown]:
        """What takes place: name, start, end and place of each entry."""
        return {
            (str(entry["SUMMARY"]), entry.start, entry.end, str(entry.get("LOCATION", "")))
            for uid, entry in self.entries.items()
            if uid not in self.cancelled
        }


def _revision(entry: icalendar.Event) -> tuple[int, datetime]:
    return int(entry["SEQUENCE"]), entry["DTSTAMP"].dt
