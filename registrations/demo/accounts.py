"""The demo's logins, and the people whose personal links it prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.crypto import get_random_string

from events.models import Event, EventTeamMember, User
from events.roles import setup_roles
from registrations.models import EventRegistration

# Nothing that one could take for something else.
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Account:
    """One login of the demo."""

    email: str
    first_name: str
    last_name: str
    group: str
    is_superuser: bool = False


STAFF = (
    Account("organizer@harbour.example", "Marit", "Oosterling", "Event Administrator", is_superuser=True),
    Account("desk@harbour.example", "Dirk", "Balk", "Registration staff"),
)
# In this order: somebody with an agenda who also waits, somebody invited, somebody with a pass.
GUESTS = ("nadia.vermeer@example.org", "tomas.fonseca@example.org", "greta.lund@example.org")


def make_staff() -> list[User]:
    """Return the demo's staff, made with their roles where they are missing."""
    setup_roles()
    staff = []
    for account in STAFF:
        user = User.objects.filter(email=account.email).first()
        if user is None:
            names = {"first_name": account.first_name, "last_name": account.last_name}
            user = User.objects.create_user(
                account.email, None, is_staff=True, is_superuser=account.is_superuser, **names
            )
            user.groups.add(Group.objects.get(name=account.group))
        staff.append(user)
    return staff


def join_team(user: User, *events: Event) -> None:
    """Put the registration staff into the events' teams, since without a team they see no event."""
    EventTeamMember.objects.bulk_create(
        [EventTeamMember(event=event, user=user, role=EventTeamMember.Role.REGISTRATION) for event in events]
    )


def give_staff_their_password(path: Path) -> str:
    """Return the staff's password, kept in `path`; without that file they get a new one."""
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    password = get_random_string(12, _LEGIBLE)
    # Hashed once for all: it is one password, and to hash it is slow on purpose.
    staff = User.objects.filter(email__in=[account.email for account in STAFF])
    staff.update(password=make_password(password))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(password, encoding="utf-8")
    return password


def guests(most: int = 3) -> list[EventRegistration]:
    """Return the registrations whose links are printed: the demo's own guests, then whoever came first."""
    live = EventRegistration.objects.active().select_related("event", "contact")
    known = {row.contact.email: row for row in live.filter(contact__email__in=GUESTS).order_by("-id")}
    chosen = [known[email] for email in GUESTS if email in known]
    others = live.exclude(contact__email__in=GUESTS).order_by("id")[: most - len(chosen)]
    return [*chosen, *others][:most]
