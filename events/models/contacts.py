"""Contacts: people known by their e-mail address, and what an event asks of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.names import PersonNameField
from events.searching import by_beginning

# Whoever was erased has an address below it: it is nobody's (RFC 2606), so no mail can ever reach anybody.
NOBODY = "erased.invalid"


def normalise_email(address: str) -> str:
    """Return the address as it is matched: no spaces around it, no capitals."""
    return address.strip().lower()


class Contact(models.Model):
    """One person who attends, known by one e-mail address. The row is what whoever gives them a seat locks."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    first_name = PersonNameField(_("first name"), max_length=100, blank=True)
    last_name = PersonNameField(_("last name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="contact"
    )
    # Raised by everybody who locks the row: a claim that read what its person holds without the lock finds another
    # number here, gives nothing, and looks again.
    revision = models.PositiveIntegerField(default=0, editable=False)
    # Since when nothing says who this was.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["email"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        # Whoever types the beginning of a name is answered at once, among a hundred thousand contacts.
        indexes = [
            models.Index(by_beginning("first_name"), name="contact_by_first_name"),
            models.Index(by_beginning("last_name"), name="contact_by_last_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="contact_email_in_lower_case"
            )
        ]

    def __str__(self) -> str:
        if self.full_name:
            return self.full_name
        return gettext("Erased person") if self.email.endswith(f"@{NOBODY}") else self.email

    @property
    def full_name(self) -> str:
        """First and last name, or nothing when neither is known."""
        return f"{self.first_name} {self.last_name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalise_email(self.email)
        if not self._state.adding and kwargs.get("update_fields") is None:
            # A form writes whole rows: it would set the revision back to what it was when the form was read.
            left_out = {"id", "revision", *self.get_deferred_fields()}
            fields = self._meta.concrete_fields
            kwargs["update_fields"] = {each.name for each in fields if each.attname not in left_out}
        super().save(*args, **kwargs)


class CustomRegistrationField(models.Model):
    """One question that an event asks everybody who registers."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Simple text")
        LONG_TEXT = "long_text", _("Long text")
        YES_NO = "yes_no", _("Yes / no")
        SINGLE = "single_choice", _("Single choice")
        MULTIPLE = "multiple_choice", _("Multiple choice")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="custom_registration_fields", verbose_name=_("event")
    )
    label = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TEXT)
    choices = models.TextField(_("choices"), blank=True, help_text=_("One to a line."))
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("custom registration field")
        verbose_name_plural = _("custom registration fields")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["single_choice", "multiple_choice"]) | ~models.Q(choices=""),
                name="customregistrationfield_choices_to_choose_from",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def choice_list(self) -> list[str]:
        """The choices, one string each."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]
