"""The columns that hold the name of a person, and of a thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CharField as FormCharField

from events.names import NO_ADDRESS, UNSEEN, clean_name, clean_title, holds_address


def refuse_address(name: str) -> None:
    """Raise ValidationError for a name with a web address in it."""
    if holds_address(name):
        raise ValidationError(NO_ADDRESS, code="address")


def refuse_unseen(name: str) -> None:
    """Raise ValidationError for a name of which nothing can be seen."""
    if not clean_title(name):
        raise ValidationError(UNSEEN, code="unseen")


class NameBox(FormCharField):
    """A name as it is typed into a form; an address is refused at the field."""

    default_validators = [refuse_address]

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return clean_name(typed) if isinstance(typed, str) else typed


class TitleBox(FormCharField):
    """The name of a thing as it is typed into a form; one that cannot be seen is none."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return clean_title(typed) if isinstance(typed, str) else typed


class _CleanedField(models.CharField):
    """A text on one line that is cleaned on its way to the row, whatever writes it."""

    box: type[FormCharField]
    clean_text: Callable[[str], str]

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return type(self).clean_text(typed) if isinstance(typed, str) else typed

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        name = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, name)
        return name

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": self.box, **kwargs})

    def deconstruct(self) -> Any:
        """In the database it is any other text: no migration knows of it."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class PersonNameField(_CleanedField):
    """A name on one line, without what cannot be seen; whatever writes it, it is cleaned on its way to the row."""

    default_validators = [refuse_address]
    box, clean_text = NameBox, staticmethod(clean_name)


class TitleField(_CleanedField):
    """The name of an event, session, track, room or pass; one of which nothing can be seen is refused."""

    default_validators = [refuse_unseen]
    box, clean_text = TitleBox, staticmethod(clean_title)
