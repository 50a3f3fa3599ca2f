"""A person as typed into a form, a file or a request, before a contact is found or made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from events.errors import Invalid
from events.models import Contact, normalise_email
from events.models.contacts import NOBODY
from events.names import NAME_MISSING, NO_ADDRESS, clean_name, holds_address
from registrations.models import EventRegistration

LONGEST_EMAIL, LONGEST_NAME = 254, 100


@dataclass(frozen=True)
class Attendee:
    """One person: an address, names for this event, answers to its questions by field id."""

    email: str
    first_name: str = ""
    last_name: str = ""
    responses: Mapping[int, object] = field(default_factory=dict)
    language: str = ""
    # Of `company`, `job_title` and `phone` those that were said.
    details: Mapping[str, str] = field(default_factory=dict)
    # By whose leave somebody acts for them: a registration that has to be live still. None for a newcomer.
    registration_id: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "email", normalise_email(self.email))
        object.__setattr__(self, "first_name", clean_name(self.first_name))
        object.__setattr__(self, "last_name", clean_name(self.last_name))
        details = {name: clean_name(value) for name, value in self.details.items()}
        object.__setattr__(self, "details", details)

    @classmethod
    def of(cls, registration: EventRegistration) -> Attendee:
        """Return the person who holds `registration`."""
        names = registration.first_name, registration.last_name
        return cls(registration.contact.email, *names, registration_id=registration.pk)

    @classmethod
    def of_contact(cls, contact: Contact) -> Attendee:
        """Return the person whom `contact` stands for."""
        return cls(contact.email, contact.first_name, contact.last_name, language=contact.language)

    def check_named(self) -> None:
        """Raise Invalid unless there is a name: one is enough, first or last."""
        if not (self.first_name or self.last_name):
            raise Invalid(fields={"first_name": [str(NAME_MISSING)]})

    def check(self) -> None:
        """Raise Invalid, naming each field, unless the address and the names can be kept.

        Those of somebody who acts by their registration are kept already.
        """
        if self.registration_id is not None:
            return
        wrong: dict[str, list[str]] = {}
        try:
            validate_email(self.email)
        except ValidationError:
            wrong["email"] = [_("Give an e-mail address such as bob@example.org.")]
        if self.email.endswith(f"@{NOBODY}"):
            wrong["email"] = [_("Nobody can be reached at this address. Give another one.")]
        if len(self.email) > LONGEST_EMAIL:
            wrong["email"] = [_("An e-mail address has at most 254 characters.")]
        for name in ("first_name", "last_name"):
            if len(getattr(self, name)) > LONGEST_NAME:
                wrong[name] = [_("A name has at most 100 characters here. Please shorten it.")]
            if holds_address(getattr(self, name)):
                wrong[name] = [str(NO_ADDRESS)]
        if wrong:
            raise Invalid(fields=wrong)
