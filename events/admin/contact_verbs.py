"""Erase a person: what it would do, and doing it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Answers, Consequence, Verb
from events.models import Contact
from registrations.actions import erase_contact
from registrations.models import EventRegistration, RegistrationResponse, SessionRegistration
from waitlists.models import WaitlistItem


def _erase_consequences(contact: Contact) -> list[Consequence]:
    registrations = EventRegistration.objects.filter(contact=contact)
    seats = SessionRegistration.objects.active().filter(contact=contact).count()
    places = WaitlistItem.objects.open().filter(contact=contact).count()
    answers = RegistrationResponse.objects.filter(event_registration__in=registrations).count()
    live = registrations.active().count()
    lines = [
        Consequence(contact.email, _("name, address, links"), _("gone; nobody is told, it cannot be undone"))
    ]
    if live or seats:
        events = ngettext("%(n)d registration", "%(n)d registrations", live) % {"n": live}
        held = ngettext("%(n)d session seat", "%(n)d session seats", seats) % {"n": seats}
        lines.append(
            Consequence(
                f"{events}, {held}", _("registered"), _("given back; whoever waits is served at once")
            )
        )
    if places:
        who = ngettext("%(n)d place in line", "%(n)d places in line", places) % {"n": places}
        lines.append(Consequence(who, _("in line"), _("given up")))
    if answers:
        who = ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers}
        lines.append(Consequence(who, _("kept"), _("deleted")))
    lines.append(Consequence(_("Ledger and check-ins"), _("of this person"), _("stay, of “Erased person”")))
    return lines


def _erase(contact: Contact, answers: Answers) -> str:
    seats = erase_contact(contact, actor=answers.actor)
    said = ngettext("%(n)d session seat came free.", "%(n)d session seats came free.", seats) % {"n": seats}
    return f"{_('The person is erased.')} {said}"


CONTACT_VERBS = (
    Verb(
        slug="erase",
        label=gettext_lazy("Erase person"),
        applies=lambda contact: contact.erased_at is None,
        consequences=_erase_consequences,
        act=_erase,
        button=lambda contact: _("Erase this person"),
        is_danger=True,
        permission="events.delete_contact",
    ),
)
