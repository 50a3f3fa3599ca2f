"""The organizer's roles as groups, and what one person may do at one event.

Two things must both say yes: the permission (from a group), and the event (their own, their team's, or all).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Contact, Event, EventTeamMember, User

Role = EventTeamMember.Role

APPS = ("events", "sessions_app", "waitlists", "registrations")
PLACES = ("building", "room", "layout")
PROGRAMME = ("session", "sessiontrack", "speaker", "pass", "customregistrationfield", "sponsor")
REGISTRATIONS = (
    "eventregistration",
    "sessionregistration",
    "attendeepass",
    "waitlistitem",
    "registrationresponse",
)
RECORDS = ("activity", "notification", "checkin")
SALES = ("order", "payment", "refund", "invoice")


def _may(verbs: str, *models: str) -> set[str]:
    return {f"{verb}_{model}" for verb in verbs.split() for model in models}


# What each role may do, as codenames of permissions; None: everything in our apps.
ROLES: dict[str, set[str] | None] = {
    "Event Administrator": None,
    "Event Planner": _may("view add change delete", "event", "eventteammember", *PROGRAMME)
    | _may("view add change", *PLACES, "contact", "checkin", *REGISTRATIONS)
    | _may("view", "activity")
    | _may("view add change", "draw")
    | _may("view change", "notification")
    | _may("view", *SALES)
    # Whoever has `add_refund` gives money back at their events: `may_refund` asks for a planner's role too.
    | {"change_order", "add_refund"}
    # At the events that they own, or plan with a team: `may_register` asks for that.
    | {"add_past_capacity", "admit_all_the_same", "export_people"},
    "Registration staff": _may("view", "event", *PROGRAMME, *PLACES, "activity", "draw")
    | _may("view change", "notification")
    | _may("view", *SALES)
    # They take money, give more time and cancel what is not paid; what was paid goes back by planners.
    | {"change_order"}
    | _may("view add change", "contact", "checkin", *REGISTRATIONS)
    | {"add_past_capacity", "admit_all_the_same"},
    "Door staff": _may(
        "view", "event", "session", *PLACES, "contact", "eventregistration", "sessionregistration"
    )
    | _may("view add change", "checkin"),
    "Viewer": _may("view", "event", *PROGRAMME, *PLACES, "contact", "draw", *REGISTRATIONS, *RECORDS),
}


def setup_roles() -> list[str]:
    """Every role is a group with exactly its permissions; returns the names. May be repeated.

    People keep their groups; a permission granted to a person, not to the group, stays.
    """
    ours = Permission.objects.filter(content_type__app_label__in=APPS)
    for name, codenames in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(ours if codenames is None else ours.filter(codename__in=codenames))
    return list(ROLES)


# The group whose permissions a role in a team needs: without them the role alone allows nothing.
GROUP_OF: dict[str, str] = {
    Role.PLANNER: "Event Planner",
    Role.REGISTRATION: "Registration staff",
    Role.DOOR: "Door staff",
    Role.VIEWER: "Viewer",
}


def join_group_of(member: EventTeamMember) -> bool:
    """Let a member of a team have the permissions that the role needs; True where they had not.

    They bind at events of one's own and of one's teams only, and stay when somebody leaves a team.
    """
    group, _created = Group.objects.get_or_create(name=GROUP_OF[member.role])
    if member.user.is_superuser or member.user.groups.filter(pk=group.pk).exists():
        return False
    member.user.groups.add(group)
    return True


def who_may_pass_capacity(event: Event) -> list[User]:
    """The people of the event, its owner and its team, who may add past capacity there."""
    team = Q(event_teams__event=event, event_teams__role__in=[Role.PLANNER, Role.REGISTRATION])
    people = (
        User.objects.filter(Q(pk=event.created_by_id) | team, is_active=True).distinct().order_by("email")
    )
    return [user for user in people if user.has_perm("registrations.add_past_capacity")]


def sees_every_event(user: Any) -> bool:
    """True for those whom no event is hidden from."""
    return user.is_superuser or user.has_perm("events.view_every_event")


def events_named_to(user: Any) -> set[int] | None:
    """The events whose sessions this person may read of; None for those whom no event is hidden from."""
    if sees_every_event(user):
        return None
    return set(Event.objects.visible_to(user).not_archived().values_list("pk", flat=True))


def role_in(user: Any, event: Event) -> str | None:
    """The role this person has in the event's team, read once per request and person."""
    if "seatwise_roles" not in vars(user):
        user.seatwise_roles = dict(
            EventTeamMember.objects.filter(user_id=user.pk).values_list("event_id", "role")
        )
    return user.seatwise_roles.get(event.pk)


def _works_on(user: Any, event: Event, *roles: str) -> bool:
    return sees_every_event(user) or event.created_by_id == user.pk or role_in(user, event) in roles


def may_view(user: Any, event: Event) -> bool:
    """True when this person may look at the event."""
    return user.has_perm("events.view_event") and _works_on(user, event, *Role.values)


def may_plan(user: Any, event: Event) -> bool:
    """True when this person may change the event, its sessions, passes, tracks and speakers."""
    return user.has_perm("events.change_event") and _works_on(user, event, Role.PLANNER)


def may_draw(user: Any, event: Event) -> bool:
    """True when this person may plan a draw at the event, type in its public number, publish and cancel it."""
    return user.has_perm("registrations.change_draw") and _works_on(user, event, Role.PLANNER)


def may_delete(user: Any, event: Event) -> bool:
    """True for the event's own planner and for administrators; a team's planners delete nothing of others."""
    is_own = sees_every_event(user) or event.created_by_id == user.pk
    return is_own and user.has_perm("events.delete_event")


def may_register(user: Any, event: Event) -> bool:
    """True when this person may register people, cancel them and work on the waitlist."""
    allowed = user.has_perm("registrations.add_eventregistration")
    return allowed and _works_on(user, event, Role.PLANNER, Role.REGISTRATION)


def may_export(user: Any, event: Event) -> bool:
    """True when this person may take the event's people along as a file."""
    allowed = user.has_perm("registrations.export_people")
    return allowed and _works_on(user, event, Role.PLANNER, Role.REGISTRATION)


def may_refund(user: Any, event: Event) -> bool:
    """True when this person may give back what was paid for passes of the event."""
    return user.has_perm("registrations.add_refund") and _works_on(user, event, Role.PLANNER)


def may_check_in(user: Any, event: Event) -> bool:
    """True when this person may let people in."""
    allowed = user.has_perm("registrations.add_checkin")
    return allowed and _works_on(user, event, Role.PLANNER, Role.REGISTRATION, Role.DOOR)


# Whoever has one of them sees people's data, or may go past a capacity.
_DELICATE = (
    *("events.view_contact", "registrations.view_eventregistration", "registrations.view_checkin"),
    *("waitlists.view_waitlistitem", "registrations.add_past_capacity", "registrations.add_past_hard_limit"),
    *("registrations.view_order", "registrations.change_order", "registrations.add_refund"),
)


def needs_second_factor(user: Any) -> bool:
    """True for those whose account would give a stranger people's data, or seats past capacity."""
    return any(user.has_perm(permission) for permission in _DELICATE)


def events_to_plan(user: User) -> Any:
    """The events whose sessions and passes this person may change."""
    events = Event.objects.not_archived()
    if sees_every_event(user):
        return events
    return events.filter(Q(created_by=user) | Q(team__user=user, team__role=Role.PLANNER)).distinct()


def contacts_known_to(user: Any) -> QuerySet[Contact]:
    """The contacts this person may see: all for administrators, else who is or waits at an event of theirs."""
    if sees_every_event(user):
        return Contact.objects.all()
    mine = Event.objects.not_archived().visible_to(user).values("pk")
    # Asked of each contact by itself: so whoever looks for a few of them reads no others.
    each = Contact.objects.filter(pk=OuterRef("pk"))
    is_registered = Exists(each.filter(Q(event_registrations__event__in=mine)))
    return Contact.objects.filter(is_registered | Exists(each.filter(Q(waitlist_items__event__in=mine))))


def may_change_contact(user: Any, contact: Contact) -> bool:
    """True when nobody else's event knows the contact: what is changed here changes there too."""
    if sees_every_event(user):
        return True
    foreign = Event.objects.exclude(pk__in=Event.objects.visible_to(user).values("pk"))
    known = Q(event_registrations__contact=contact) | Q(waitlist_items__contact=contact)
    return not foreign.filter(known).exists()
