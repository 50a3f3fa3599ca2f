"""Erase a person: what it would do, and doing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb
from events.models import Contact
from registrations.actions import erase_contact
from registrations.models import EventRegistration, RegistrationResponse, SessionRegistration
from waitlists.models import WaitlistItem


class Erase(Verb[OneRow]):
    """Forget who one person was; what they did stays counted."""

    key = "erase"
    label = gettext_lazy("Erase person")
    permissions = {"contact": ("events.delete_contact",)}
    is_danger = True

    def applies(self, row: Contact) -> bool:
        return row.erased_at is None

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [contact] = rows
        forgotten = _("gone; nobody is told, it cannot be undone")
        return [
            Consequence(contact.email, _("name, address, links"), forgotten),
            *_what_they_have(contact),
            Consequence(_("Ledger and check-ins"), _("of this person"), _("stay, of “Erased person”")),
        ]

    def deed(self, count: int) -> str:
        return _("Erase this person")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [contact] = rows
        seats = erase_contact(contact, actor=decided.actor)
        freed = ngettext("%(n)d session seat came free.", "%(n)d session seats came free.", seats)
        return Done(f"{_('The person is erased.')} {freed % {'n': seats}}")


def _what_they_have(contact: Contact) -> Iterator[Consequence]:
    registrations = EventRegistration.objects.filter(contact=contact)
    seats = SessionRegistration.objects.active().filter(contact=contact).count()
    live = registrations.active().count()
    if live or seats:
        events = ngettext("%(n)d registration", "%(n)d registrations", live) % {"n": live}
        held = ngettext("%(n)d session seat", "%(n)d session seats", seats) % {"n": seats}
        then = _("given back; whoever waits is served at once")
        yield Consequence(f"{events}, {held}", _("registered"), then)
    if places := WaitlistItem.objects.open().filter(contact=contact).count():
        who = ngettext("%(n)d place in line", "%(n)d places in line", places) % {"n": places}
        yield Consequence(who, _("in line"), _("given up"))
    if answers := RegistrationResponse.objects.filter(event_registration__in=registrations).count():
        who = ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers}
        yield Consequence(who, _("kept"), _("deleted"))


CONTACT_VERBS = (Erase,)
