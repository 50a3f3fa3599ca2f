"""Actors: by whose hand something is done; every ledger row names one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from events.models import ApiClient, Source, User

Kind = Literal["attendee", "staff", "system", "import", "api", "door"]
R = TypeVar("R")

_SOURCES: dict[Kind, Source] = {
    "attendee": Source.WEBSITE,
    "staff": Source.STAFF,
    "system": Source.WAITLIST,
    "import": Source.IMPORT,
    "api": Source.API,
    "door": Source.STAFF,
}


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: an attendee, staff, another system, a phone at a door, an import, or Seatwise itself."""

    kind: Kind
    user: User | None = None
    name: str = ""
    # What an API client's scopes or the desk, for a phone at a door, allow; staff carry it as a permission.
    may_override: bool = False
    # Where the answer to a request with an Idempotency-Key is kept; called inside the action's transaction.
    receipt: Callable[[Any], None] | None = field(default=None, compare=False, repr=False)

    # What has to hold before anything is changed (`If-Match`); asked inside the action's transaction.
    condition: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def api(
        cls,
        client: ApiClient,
        *,
        may_override: bool = False,
        receipt: Callable[[Any], None] | None = None,
        condition: Callable[[], None] | None = None,
    ) -> Actor:
        """Return the actor for another system: what it does is recorded by its name."""
        return cls("api", name=client.name, may_override=may_override, receipt=receipt, condition=condition)

    @classmethod
    def staff(cls, user: User) -> Actor:
        """Return the actor for a signed-in member of staff."""
        return cls("staff", user=user, name=user.email)

    @classmethod
    def door(cls, name: str, *, may_override: bool = False) -> Actor:
        """Return the actor for a phone at a door: what is done with it is recorded by its name."""
        return cls("door", name=name, may_override=may_override)

    @classmethod
    def importing(cls, user: User) -> Actor:
        """Return the actor for a file that this member of staff uploaded: theirs is the word, a file the way."""
        return cls("import", user=user, name=user.email)

    def ask_condition(self) -> None:
        """Raises ChangedMeanwhile where this actor's change was meant for a row that is not as it was any more.

        Called inside the transaction that changes the row, under the act's own locks and before it writes.
        """
        if self.condition is not None:
            self.condition()

    def done(self, result: R) -> R:
        """Hand over the action's result, and return it; kept or undone together with the action.

        Every public action calls it as the last statement inside its durable block, after `journal.write()`:
        `actor.done(result)`. So a process killed between commit and answer loses no answer.
        Not called for what changes nothing (a preview, a refusal, a transaction that is rolled back).
        """
        if self.receipt is not None:
            self.receipt(result)
        return result

    def reason_for(self, given: str) -> str:
        """The reason that is recorded for an override: the one given, else an API client's name."""
        return given.strip() or (self.name if self.kind == "api" else "")

    @property
    def label(self) -> str:
        """The name that the ledger keeps."""
        return self.name or {"attendee": "Attendee", "system": "Seatwise", "import": "Import"}.get(
            self.kind, self.kind
        )

    @property
    def source(self) -> Source:
        """The source that a registration records: the way by which it came."""
        return _SOURCES[self.kind]

    @property
    def is_attendee(self) -> bool:
        """True for the person themselves, whom every self-service rule binds."""
        return self.kind == "attendee"

    @property
    def obeys_self_service(self) -> bool:
        """True for attendees and for other systems: no seat past the rules, nothing after closing."""
        return self.kind in {"attendee", "api"}

    @property
    def is_staff(self) -> bool:
        """True for a signed-in member of staff, and for a file of theirs."""
        return self.kind == "staff" or (self.kind == "import" and self.user is not None)

    @property
    def has_perm_past_capacity(self) -> bool:
        """True when this actor may register people past capacity."""
        if self.user is not None:
            return self.user.has_perm("registrations.add_past_capacity")
        return self.may_override

    @property
    def has_perm_to_override(self) -> bool:
        """True when this actor may go past clashes, limits of choice and closing: staff, and the scope."""
        return self.user is not None or self.may_override

    @property
    def has_perm_past_hard_limit(self) -> bool:
        """True when this actor may even pass a hard limit."""
        return self.user is not None and self.user.has_perm("registrations.add_past_hard_limit")

    @property
    def has_perm_admit_all_the_same(self) -> bool:
        """True when this actor may let in whom the door refuses."""
        if self.user is not None:
            return self.user.has_perm("registrations.admit_all_the_same")
        return self.may_override


ATTENDEE = Actor("attendee")
SYSTEM = Actor("system")
IMPORT = Actor("import")
