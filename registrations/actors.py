"""By whose hand something is done; every ledger row names one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from events.models import User
from registrations.models import Source

Kind = Literal["attendee", "staff", "system", "import", "api"]

_SOURCES: dict[Kind, Source] = {
    "attendee": Source.WEBSITE,
    "staff": Source.STAFF,
    "system": Source.WAITLIST,
    "import": Source.IMPORT,
    "api": Source.API,
}


@dataclass(frozen=True)
class Actor:
    """Who acts: an attendee, a member of staff, another system, an import, or Seatwise itself."""

    kind: Kind
    user: User | None = None
    name: str = ""
    # What an API client's scopes allow; staff carry it as a permission.
    may_override: bool = False

    @classmethod
    def staff(cls, user: User) -> Actor:
        """Return the actor for a signed-in member of staff."""
        return cls("staff", user=user, name=user.email)

    @property
    def label(self) -> str:
        """The name that the ledger keeps."""
        return self.name or {"attendee": "Attendee", "system": "Seatwise", "import": "Import"}.get(
            self.kind, self.kind
        )

    @property
    def source(self) -> Source:
        """The door as registrations record it."""
        return _SOURCES[self.kind]

    @property
    def is_attendee(self) -> bool:
        """True for the person themselves, whom every self-service rule binds."""
        return self.kind == "attendee"

    @property
    def is_staff(self) -> bool:
        """True for a signed-in member of staff."""
        return self.kind == "staff"

    @property
    def has_perm_past_capacity(self) -> bool:
        """True when this actor may register people past capacity (requirements D7)."""
        if self.user is not None:
            return self.user.has_perm("registrations.add_past_capacity")
        return self.may_override

    @property
    def has_perm_past_hard_limit(self) -> bool:
        """True when this actor may even pass a hard limit (requirements D7)."""
        return self.user is not None and self.user.has_perm("registrations.add_past_hard_limit")


ATTENDEE = Actor("attendee")
SYSTEM = Actor("system")
IMPORT = Actor("import")
