"""Verbs of registrations: on rows of one event or session, by the role that somebody has there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.admin.verbs import Done, Listing, Verb, change_url
from events.admin.words import taken_of
from events.models import Event
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine


class PanelListing(Listing, Protocol):
    """A panel as its verbs know it: one list of rows of an event or a session."""

    @property
    def key(self) -> str:
        """The name in addresses."""

    @property
    def contact(self) -> str:
        """The column that names a row's contact."""

    @property
    def is_of_gone(self) -> bool:
        """True when the rows are of people who gave up what they had."""

    @property
    def target(self) -> Target:
        """The event or session that the rows belong to."""

    @property
    def event(self) -> Event:
        """The event that the target is, or belongs to."""


class PanelVerb(Verb[PanelListing]):
    """One verb of a panel: with ticked rows, or all that match beyond the page.

    `carries_list`: as a tool it is about what the panel's search and filters show, so its link brings them along.
    """

    carries_list: ClassVar[bool] = False

    def is_allowed(self, user: Any, target: Target) -> bool:
        """True when this member of staff has the permissions, and the role at this event to use them."""
        permissions = self.permissions.get(access.kind_of(target))
        return permissions is not None and access.may(user, access.event_of(target), *permissions)

    def url(self, listing: PanelListing) -> str:
        """Where the panel's button sends its ticked rows."""
        kind = access.kind_of(listing.target)
        return reverse("admin:panel_verb", args=[kind, listing.target.pk, listing.key, self.key])


def summed_up(lines: Iterable[PersonLine], target: Target) -> Done:
    """Sum up what became of several people: how many have a seat now, how full it is, and who was refused why."""
    lines = list(lines)
    added = [line for line in lines if line.is_success]
    past = sum(line.is_past_capacity for line in added)
    said = ngettext("%(n)d person registered", "%(n)d people registered", len(added)) % {"n": len(added)}
    said += ", " + _("%(n)d of them past capacity") % {"n": past} if past else ""
    target.seats.refresh_from_db()
    done = Done("", len(added))
    for line in lines:
        if not line.is_success:
            url = change_url(line.registration) if line.registration else ""
            done.refuse(line.message, name_of(line.attendee), url)
    return done.saying(f"{said} ({taken_of(target.seats)}).")


def summed_up_by_session(lines: Iterable[PersonLine]) -> Done:
    """Sum up what became of several people in several sessions: how many seats, of how many people, and who not why."""
    lines = list(lines)
    added = [line for line in lines if line.is_success]
    past = sum(line.is_past_capacity for line in added)
    people = len({line.attendee.email for line in added})
    said = ngettext("%(n)d seat given", "%(n)d seats given", len(added)) % {"n": len(added)}
    said += ", " + _("%(n)d of them past capacity") % {"n": past} if past else ""
    said += " " + ngettext("to %(n)d person.", "to %(n)d people.", people) % {"n": people}
    done = Done("", len(added))
    for line in lines:
        if not line.is_success:
            url = change_url(line.registration) if line.registration else ""
            done.refuse(line.message, f"{name_of(line.attendee)}: {line.session}", url)
    return done.saying(said)


def name_of(attendee: Attendee) -> str:
    """The person's name, else the address."""
    return f"{attendee.first_name} {attendee.last_name}".strip() or attendee.email
