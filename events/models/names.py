"""The column that holds the name of a person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CharField as FormCharField

from events.names import NO_ADDRESS, clean_name, holds_address


def refuse_address(name: str) -> None:
    """Raise ValidationError for a name with a web address in it."""
    if holds_address(name):
        raise ValidationError(NO_ADDRESS, code="address")


class NameBox(FormCharField):
    """A name as it is typed into a form; an address is refused at the field."""

    default_validators = [refuse_address]

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return clean_name(typed) if isinstance(typed, str) else typed


class PersonNameField(models.CharField):
    """A name on one line, without what cannot be seen; whatever writes it, it is cleaned on its way to the row."""

    default_validators = [refuse_address]

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return clean_name(typed) if isinstance(typed, str) else typed

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        name = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, name)
        return name

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": NameBox, **kwargs})

    def deconstruct(self) -> Any:
        """In the database it is any other text: no migration knows of it."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
