"""The form by which staff sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from events.errors import Refusal


class SignInForm(AdminAuthenticationForm):
    """E-mail and password. Where they were tried too often, `refusal` says so, and what was typed stays."""

    refusal: Refusal | None = None

    def clean(self) -> Any:
        try:
            return super().clean()
        except Refusal as refusal:
            self.refusal = refusal
            raise ValidationError(str(refusal)) from refusal
