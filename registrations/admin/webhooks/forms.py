"""What is asked about an address of another system: whose it is, where it is, and what it is told of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.admin.verbs import ConfirmForm
from events.models import ApiClient, Event
from events.roles import sees_every_event
from registrations.actions.sending.webhooks import LONGEST_OVERLAP, OVERLAP
from registrations.models.webhooks import EVERYTHING, SUBSCRIPTIONS, WebhookEvent

_LABELS = {EVERYTHING: _("Everything"), **{str(name): name.label for name in WebhookEvent}}
CHOICES = [(name, f"{name} · {_LABELS[name]}" if name in _LABELS else name) for name in SUBSCRIPTIONS]


class WebhookForm(ConfirmForm):
    """An address and what it is told of."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and lies on the public internet."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    names = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=CHOICES,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("session.* is everything about sessions, * is everything."),
    )
    event = forms.ModelChoiceField(label=_("Event"), queryset=Event.objects.none(), required=False)

    def __init__(self, user: Any, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        event: Any = self.fields["event"]
        event.queryset = Event.objects.visible_to(user).not_archived().order_by("name", "pk")
        if sees_every_event(user):
            event.empty_label = _("All that the client may see")
        else:
            event.required = True


class NewWebhookForm(WebhookForm):
    """A new address, and whose it is."""

    client = forms.ModelChoiceField(
        label=_("API client"),
        queryset=ApiClient.objects.order_by("name", "pk"),
        help_text=_("It sees what this client sees, and the client sees it by the API."),
    )

    field_order = ("client", "url", "event", "names")


class SecretForm(ConfirmForm):
    """How long the secret before is good for as well."""

    overlap_hours = forms.IntegerField(
        label=_("Sign with the secret before as well for so many hours"),
        initial=OVERLAP.total_seconds() // 3600,
        min_value=0,
        max_value=int(LONGEST_OVERLAP.total_seconds() // 3600),
        help_text=_("0: the one before is worth nothing from now on, for when it became known to others."),
    )
