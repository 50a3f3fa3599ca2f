"""The tag of forms that are drawn once for what they ask."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from registrations.website.blank_forms import fields_of

register = template.Library()


@register.simple_tag
def form_fields(form: Any, helper: Any) -> SafeString:
    """The form's fields as the helper arranges them."""
    return fields_of(form, helper)
