"""A registrant's record that is written again: what of it is another, and the acts that make it so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import AlreadyRegistered, Invalid, RegistrationCancelled
from events.models import normalise_email
from events.names import clean_name
from registrations.actions import (
    back_to_confirmed,
    cancel_event_registrations,
    check_in,
    correct_address,
    mark_no_show,
    update_details,
)
from registrations.api.custom_fields import answers_from
from registrations.api.requests import DETAILS
from registrations.models import EventRegistration
from registrations.queries import address_is_free
from registrations.rules.people import Attendee

NAMES = ("first_name", "last_name")
_SESSIONS = ("session_ids", "waitlisted_session_ids")
# What a record says, and other calls change.
FIXED = ("event_id", "pass_id", *_SESSIONS)
# What only comes about: nobody can be made so by saying it.
_NOT_SAID = {"waitlisted", "pending"}


@dataclass(frozen=True)
class Change:
    """What a request says otherwise of a registration than its record does."""

    registration: EventRegistration
    now: Mapping[str, Any]
    said: Mapping[str, Any]
    notify: bool

    @classmethod
    def of(cls, registration: EventRegistration, now: Mapping[str, Any], asked: Mapping[str, Any]) -> Change:
        """The fields of the request that differ from the record as it is now."""
        said = {name: value for name, value in asked.items() if name in now and _differs(name, value, now)}
        return cls(registration, now, said, asked["send_email"])

    def __bool__(self) -> bool:
        return bool(self.said)

    def make(self, actor: Actor) -> None:
        """Carry it out; what may be refused is asked first, since a refusal says that nothing was changed.

        Raises Invalid, RegistrationCancelled, AlreadyRegistered, and what the door says.
        """
        self._check_fixed()
        if self.registration.is_cancelled:
            raise RegistrationCancelled(cancelled_at=self.registration.cancelled_at)
        attendee = self._attendee()
        registration, status = self.registration, self.said.get("registration_status")
        if "email" in self.said and not address_is_free(registration.event, attendee.email):
            raise AlreadyRegistered
        self._check_status(status)
        if status == "attended":
            check_in(registration, actor=actor)
        elif status == "no_show":
            mark_no_show(registration, actor=actor)
        elif status == "confirmed":
            back_to_confirmed(registration, actor=actor)
        if "email" in self.said:
            registration = correct_address(registration, attendee.email, actor=actor, notify=self.notify)
        if {*NAMES, *DETAILS, "language", "custom_fields"} & set(self.said):
            update_details(registration, attendee, actor=actor)
        if status == "cancelled":
            cancel_event_registrations([registration], actor=actor, notify=self.notify)

    def _attendee(self) -> Attendee:
        """The person as the record will say. Raises Invalid for what cannot be."""
        answers = answers_from(self.registration.event, self.said.get("custom_fields", {}))
        first, last = (self.said.get(name, self.now[name]) for name in NAMES)
        details = {name: self.said[name] for name in DETAILS if name in self.said}
        email = self.said.get("email", self.now["email"])
        attendee = Attendee(email, first, last, answers, self.said.get("language", ""), details)
        if set(NAMES) & set(self.said):
            attendee.check_named()
        attendee.check()
        return attendee

    def _check_fixed(self) -> None:
        words = {
            "event_id": _("A registration stays with its event."),
            "pass_id": _("A pass is not changed here."),
            **dict.fromkeys(_SESSIONS, _("Sessions are changed by POST /registrants/{id}/agenda.")),
        }
        wrong = {name: [words[name]] for name in FIXED if name in self.said}
        if wrong:
            raise Invalid(fields=wrong)

    def _check_status(self, status: str | None) -> None:
        """Raise Invalid for a status that nobody gets by being said to have it."""
        now = self.now["registration_status"]
        is_over = now == "no_show" and self.registration.no_show_at is None
        if status in _NOT_SAID or (status == "confirmed" and (now in _NOT_SAID or is_over)):
            words = _("It is “%(now)s”, and does not become “%(then)s” here.") % {"now": now, "then": status}
            raise Invalid(words, fields={"registration_status": [words]})


def _differs(name: str, value: Any, now: Mapping[str, Any]) -> bool:
    known = now[name]
    if name == "email":
        return normalise_email(value) != known
    if name == "language":
        return value not in {"", known}
    if name in {*NAMES, *DETAILS}:
        return clean_name(value) != known
    if name in _SESSIONS:
        return set(value) != set(known)
    if name == "custom_fields":
        return any(key not in known or known[key] != answer for key, answer in value.items())
    return value != known
