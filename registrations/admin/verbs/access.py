"""Permissions and roles in the panels: one place, asked by the button and again by the deed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils.translation import gettext as _

from events.models import Event, User
from events.roles import (
    may_check_in,
    may_draw,
    may_export,
    may_plan,
    may_refund,
    may_register,
    may_view,
    who_may_pass_capacity,
)
from sessions_app.models import Session

Kind = Literal["event", "session"]
Target = Event | Session


# Where another role than registration staff's, or more of them, may use a permission.
_ROLE_CHECKS: dict[str, Callable[[Any, Event], bool]] = {
    "export_people": may_export,
    "add_refund": may_refund,
    "add_draw": may_draw,
    "change_draw": may_draw,
    "add_checkin": may_check_in,
    "change_checkin": may_check_in,
}


def may(user: Any, event: Event, *permissions: str) -> bool:
    """True when this member of staff has the permissions and their role at this event allows their use.

    Looking asks for any role, programme work for a planner's, everything else for registration staff's.
    """
    if not isinstance(user, User) or not user.is_active or not user.has_perms(permissions):
        return False
    return all(_role_check(permission)(user, event) for permission in permissions)


def _role_check(permission: str) -> Callable[[Any, Event], bool]:
    app, _dot, codename = permission.partition(".")
    if codename.startswith("view_"):
        return may_view
    if codename in _ROLE_CHECKS:
        return _ROLE_CHECKS[codename]
    return may_plan if app in {"events", "sessions_app"} else may_register


def may_see_answers(user: Any, event: Event) -> bool:
    """True when this member of staff may read what people answered to the event's questions."""
    return may(user, event, "registrations.view_registrationresponse")


def may_pass_capacity(user: Any, event: Event) -> bool:
    """True when this member of staff may add people past capacity here."""
    return may(user, event, "registrations.add_past_capacity")


def why_not_past_capacity(user: Any, event: Event) -> str:
    """Why this member of staff may not add people past capacity here, and who may; empty where they may."""
    if may_pass_capacity(user, event):
        return ""
    people = ", ".join(person.email for person in who_may_pass_capacity(event))
    if not people:
        return _("You may not add people past capacity. Ask an Event Administrator.")
    return _("You may not add people past capacity. Of this event's team these may: %(people)s.") % {
        "people": people
    }


def visible_events(user: User | AnonymousUser) -> Any:
    """The events this member of staff works on, deleted ones left out."""
    if not isinstance(user, User):
        return Event.objects.none()
    return Event.objects.visible_to(user).not_archived()


def find(user: User | AnonymousUser, kind: str, pk: int) -> Target:
    """Return the event or session; raise Http404 when there is none or it is none of theirs."""
    events = visible_events(user)
    found: Target | None = None
    if kind == "event":
        found = events.select_related("seats").filter(pk=pk).first()
    elif kind == "session":
        sessions = Session.objects.not_archived().select_related("seats", "event__seats", "room", "building")
        found = sessions.filter(pk=pk, event__in=events).first()
    if found is None:
        raise Http404
    return found


def kind_of(target: Target) -> Kind:
    """The word for the target in addresses."""
    return "event" if isinstance(target, Event) else "session"


def event_of(target: Target) -> Event:
    """The event that the target is or belongs to."""
    return target if isinstance(target, Event) else target.event
