"""A copy of registrations, seats and places in line that knows nothing but the feed, and the rows it must equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
Tables = dict[str, dict[int, Record]]

# Of each record, what the copy keeps. Places in line and deadlines are not told of; since when somebody waits may be
# shifted by a moment for somebody else, and the registration of somebody who waits is the one of that time.
KEPT = {
    "registrant": (
        *("event_id", "contact_id", "email", "first_name", "last_name", "company", "job_title", "phone"),
        *("registration_status", "past_capacity", "reason", "source", "registered_at", "cancelled_at"),
    ),
    "session_registration": (
        *("event_id", "session_id", "registrant_id", "contact_id", "status", "source", "past_capacity"),
        *("registered_at", "cancelled_at", "no_show"),
    ),
    "waitlist_item": (
        *("event_id", "session_id", "contact_id", "status", "automatically_register"),
        *("when_clashing", "passed_over_reason", "closed_at"),
    ),
}
_OF_PERSON = (
    *("email", "first_name", "last_name", "company", "job_title", "phone", "reason"),
    "passed_over_reason",
)
_DOORS = {"attended": "confirmed", "no_show": "confirmed"}


@dataclass
class Copy:
    """The tables as the feed tells of them; `get` asks for a page, with the parameters of the address."""

    get: Callable[..., Record]
    tables: Tables = field(default_factory=lambda: {kind: {} for kind in KEPT})
    cursor: str = ""
    changes: int = 0
    pages: int = 0
    last: int = 0

    def read_on(self, limit: int = 500) -> int:
        """Read to the end of what is known now; return how many changes there were."""
        before, more = self.changes, True
        while more:
            page = self.get(after=self.cursor, limit=limit)
            for change in page["items"]:
                self.apply(change)
            self.cursor, more, self.pages = page["next"], page["more"], self.pages + 1
        return self.changes - before

    def apply(self, change: Record) -> None:
        """Do to the copy what the change says was done. A number never goes down."""
        assert change["seq"] >= self.last, (change, self.last)
        self.last, self.changes = change["seq"], self.changes + 1
        kind, _dot, what = change["type"].partition(".")
        data = change["data"]
        if (kind, what) == ("contact", "erased"):
            self._forget(data["contact_id"])
        elif kind in KEPT:
            self.tables[kind][data["id"]] = _as_kept(kind, data)
            if "from_contact_id" in data:
                self._move(data)

    def _move(self, data: Record) -> None:
        """With another address all that a contact has at the event is another's."""
        for table in self.tables.values():
            for record in table.values():
                if (
                    record["contact_id"] == data.get("from_contact_id")
                    and record["event_id"] == data["event_id"]
                ):
                    record["contact_id"] = data["contact_id"]
                    if "email" in record:
                        record["email"] = data["email"]

    def _forget(self, contact_id: int) -> None:
        for table in self.tables.values():
            for record in table.values():
                if record["contact_id"] == contact_id:
                    record.update((name, "") for name in _OF_PERSON if name in record)


@dataclass
class ReaderOfIds:
    """Whoever asks the ledger for the ids after the last one seen: the negative control, which misses some."""

    seen: list[int] = field(default_factory=list)

    def read_on(self) -> None:
        """Read what has higher ids than the last."""
        from registrations.models import Activity

        rows = Activity.objects.filter(id__gt=max(self.seen[-1:], default=0)).order_by("id")
        self.seen += rows.values_list("id", flat=True)

    def missed(self) -> int:
        """How many lines it never saw."""
        from registrations.models import Activity

        return Activity.objects.count() - len(self.seen)


def _as_kept(kind: str, data: Record) -> Record:
    record = {name: data[name] for name in KEPT[kind]}
    if kind == "registrant":
        # Who is inside is told by check-ins.
        status = record["registration_status"]
        record["registration_status"] = _DOORS.get(status, status)
    return record


def rows_of(event_ids: list[int]) -> Tables:
    """The same tables as the database has them."""
    from registrations.models import EventRegistration, SessionRegistration
    from waitlists.models import WaitlistItem

    registrations = EventRegistration.objects.filter(event__in=event_ids).select_related("contact")
    seats = SessionRegistration.objects.filter(event__in=event_ids).select_related("contact")
    items = WaitlistItem.objects.filter(event__in=event_ids).select_related("contact")
    return {
        "registrant": {row.pk: _nobody(row.contact, _registrant(row)) for row in registrations},
        "session_registration": {row.pk: _seat(row) for row in seats},
        "waitlist_item": {row.pk: _nobody(row.contact, _item(row)) for row in items},
    }


def _nobody(contact: Any, record: Record) -> Record:
    if contact.erased_at:
        record.update((name, "") for name in _OF_PERSON if name in record)
    return record


def _registrant(row: Any) -> Record:
    names = (
        "event_id",
        "contact_id",
        "first_name",
        "last_name",
        "company",
        "job_title",
        "phone",
        "reason",
        "source",
    )
    return {name: getattr(row, name) for name in names} | {
        "email": row.contact.email,
        "registration_status": str(row.status),
        "past_capacity": row.is_past_capacity,
        "registered_at": _utc(row.registered_at),
        "cancelled_at": _utc(row.cancelled_at),
    }


def _seat(row: Any) -> Record:
    return {
        "event_id": row.event_id,
        "session_id": row.session_id,
        "registrant_id": row.event_registration_id,
        "contact_id": row.contact_id,
        "status": "cancelled" if row.cancelled_at else "registered",
        "source": row.source,
        "past_capacity": row.is_past_capacity,
        "registered_at": _utc(row.registered_at),
        "cancelled_at": _utc(row.cancelled_at),
        "no_show": row.no_show_at is not None,
    }


def _item(row: Any) -> Record:
    names = ("event_id", "session_id", "contact_id", "automatically_register", "passed_over_reason")
    return {name: getattr(row, name) for name in names} | {
        "status": str(row.status),
        "when_clashing": str(row.when_clashing),
        "closed_at": _utc(row.closed_at),
    }


def _utc(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def differences(copy: Tables, rows: Tables) -> Iterator[str]:
    """Say each row that one has and the other has not, and each value that differs."""
    for kind, table in rows.items():
        for pk in sorted(table.keys() ^ copy[kind].keys()):
            yield f"{kind} {pk}: {'not in the feed' if pk in table else 'not in the database'}"
        for pk in sorted(table.keys() & copy[kind].keys()):
            for name, value in table[pk].items():
                if copy[kind][pk][name] != value:
                    yield f"{kind} {pk}, {name}: feed {copy[kind][pk][name]!r}, database {value!r}"
