"""Forms about an address: whose page is looked for, where a code goes, and the code itself."""

from __future__ import annotations

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.forms import RefusableForm


class _OneField(RefusableForm):
    """A form of one field, drawn between a page's own words and buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class MailMeForm(_OneField):
    """A wish for a mail to an address that is known: nothing is to be filled in."""


class MyAddressForm(_OneField):
    """The address that a visitor says is theirs."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class AddressForm(_OneField):
    """The address to which a registration shall move."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AddressCodeForm(_OneField):
    """The code that was mailed to an address; taken with spaces as well."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class LinkForm(forms.Form):
    """The address to which the personal link is sent; `key` names the form, so that posted twice it is one wish."""

    key = forms.CharField(max_length=100, required=False, initial=lambda: uuid.uuid4().hex)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
