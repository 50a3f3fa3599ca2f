"""The people meant: known contacts that were found and ticked, and new people typed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from events.models import Contact, normalise_email
from events.roles import contacts_known_to
from events.searching import some_beginning_with
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.forms import PeopleFormSet
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from waitlists.models import WaitlistItem

MOST_FOUND = 20
# Digits: longer ones no database can hold.
LONGEST_ID = 18
NOT_REPEATED = {
    "csrfmiddlewaretoken",
    "find",
    "step",
    "deed",
    "q",
    "reason_choice",
    "reason_other",
    "notify",
    "accept_clash",
    "override_limits",
    "override_closed",
}


def ids_in(values: Iterable[str]) -> list[int]:
    """The row numbers among what a browser sent; anything else, and what no database can hold, is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= LONGEST_ID]


def known_contacts(user: Any) -> QuerySet[Contact]:
    """The contacts this member of staff may find and tick: those of their own events, all for administrators."""
    return contacts_known_to(user).filter(erased_at=None)


class Picking:
    """One page of people to pick, as typed and ticked so far."""

    def __init__(self, request: HttpRequest, target: Target) -> None:
        self.user, self.target = request.user, target
        data = request.POST.copy() if request.method == "POST" else None
        self.step = data.get("step", "look") if data is not None else ""
        self.query = (data or request.GET).get("q", "").strip()
        if data is not None and self.step == "more":
            self._add_rows(data)
        self.data = data
        self.formset = PeopleFormSet(data, prefix="people")
        self.ids = ids_in(data.getlist("contact") if data else [])

    def _add_rows(self, data: Any) -> None:
        total = data.get("people-TOTAL_FORMS", "")
        data["people-TOTAL_FORMS"] = str(min(50, int(total[:9]) + 3)) if total.isdecimal() else "3"

    @cached_property
    def chosen(self) -> list[Contact]:
        """The contacts ticked so far."""
        return list(known_contacts(self.user).filter(pk__in=self.ids))

    @cached_property
    def found(self) -> list[Contact]:
        """Contacts that match the search and are not ticked yet, by name; of many some, one more than are shown."""
        if not self.query:
            return []
        known = known_contacts(self.user).exclude(pk__in=self.ids)
        contacts = some_beginning_with(
            known, self.query, ["first_name", "last_name"], ["email"], most=MOST_FOUND + 1
        )
        return sorted(contacts, key=lambda one: (one.last_name, one.first_name, one.email))

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The contacts as the page lists them: ticked ones first, each with what they have here."""
        shown = [*self.chosen, *self.found[:MOST_FOUND]]
        has = what_they_have(self.target, [contact.email for contact in shown])
        chosen = {contact.pk for contact in self.chosen}
        return [
            {"contact": contact, "is_chosen": contact.pk in chosen, "has": has.get(contact.email, "")}
            for contact in shown
        ]

    @property
    def are_more_found(self) -> bool:
        """True when the search found more than the page lists."""
        return len(self.found) > MOST_FOUND

    def is_valid(self) -> bool:
        """True when everything typed can be kept; errors stand at the fields.

        Whoever is ticked and typed as well is said to be: one of the two names would be lost in silence.
        """
        if not self.formset.is_valid():
            return False
        ticked = {contact.email for contact in self.chosen}
        twice = [
            row for row in self.formset if normalise_email(row.cleaned_data.get("email") or "") in ticked
        ]
        for row in twice:
            row.add_error("email", _("This person is ticked above. Untick them, or empty this line."))
        return not twice

    @property
    def people(self) -> list[Attendee]:
        """Everybody meant, once each: ticked contacts, then typed people."""
        typed = [row.cleaned_data for row in self.formset if row.cleaned_data.get("email")]
        people = [Attendee.of_contact(contact) for contact in self.chosen]
        people += [Attendee(row["email"], row["first_name"], row["last_name"]) for row in typed]
        return list({person.email: person for person in people}.values())

    @property
    def repeated(self) -> list[tuple[str, str]]:
        """What the next page must send along to mean the same people."""
        if self.data is None:
            return []
        return [
            (name, value)
            for name, values in self.data.lists()
            if name not in NOT_REPEATED
            for value in values
        ]


def what_they_have(target: Target, emails: list[str]) -> dict[str, str]:
    """Say by address what each of these people has here already."""
    emails = [normalise_email(email) for email in emails]
    event = access.event_of(target)
    registrations = EventRegistration.objects.active().filter(event=event, contact__email__in=emails)
    said = {"confirmed": _("registered for the event"), "waitlisted": _("waits for the event")}
    has = {row.contact.email: said[row.status] for row in registrations.select_related("contact")}
    items = WaitlistItem.objects.open().filter(contact__email__in=emails, event=event)
    session = target if isinstance(target, Session) else None
    for item in items.filter(session=session).select_related("contact"):
        has[item.contact.email] = _("on the waitlist: %(status)s") % {"status": item.get_status_display()}
    if session is not None:
        seats = SessionRegistration.objects.active().filter(session=session, contact__email__in=emails)
        has.update(dict.fromkeys(seats.values_list("contact__email", flat=True), _("has a seat")))
    return has
