"""Send a message: written once, looked at as one of its readers, tried on oneself, then sent to all."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.admin.verbs import Frame, page
from events.errors import Invalid, Refusal
from events.placeholders import listed
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.mail import CHANGE
from registrations.mail.rendering import draft_for
from registrations.models import EventRegistration
from registrations.models.messages import BODY_CHARACTERS, SUBJECT_CHARACTERS
from registrations.queries.recipients import Chosen, Recipients, recipients_among, told_among

logger = logging.getLogger(__name__)

# As whom one may look at the message.
MOST_READERS = 20


class MessageForm(forms.Form):
    """A subject and a body, and as whom to look at them."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_CHARACTERS)
    body = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=BODY_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=format_lazy("{} {}", gettext_lazy("Markdown. In both you can write"), listed()),
    )
    reader = forms.ModelChoiceField(
        EventRegistration.objects.none(),
        label=gettext_lazy("Look at it as"),
        required=False,
        empty_label=None,
    )

    def __init__(self, data: Any, readers: QuerySet[EventRegistration]) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        field: Any = self.fields["reader"]
        field.queryset = readers
        field.label_from_instance = lambda registration: registration.full_name
        field.initial = readers.first()

    def clean(self) -> dict[str, Any]:
        """Refuse a placeholder that there is not, at its field."""
        given = super().clean() or {}
        # Whoever left meanwhile is no reason not to write to the others.
        self.errors.pop("reader", None)
        if {"key", "subject", "body"} <= given.keys():
            try:
                actions.check_words(self.words)
            except Invalid as refusal:
                for name, said in refusal.data["fields"].items():
                    self.add_error(name, said)
        return given

    @property
    def words(self) -> actions.Words:
        """What was written."""
        given = self.cleaned_data
        return actions.Words(given["key"], given["subject"], given["body"])


class SendMessage(PanelVerb):
    """Write to the chosen people: what, to whom, and how it will look, before it goes."""

    key = "message"
    label = gettext_lazy("Send a message")
    title = gettext_lazy("Send a message")
    permissions = {"event": CHANGE, "session": CHANGE}

    def own_page(self, request: HttpRequest, frame: Frame, listing: PanelListing, rows: Any) -> HttpResponse:
        """Ask for the words, show them as one of their readers sees them, and send them."""
        chosen = rows.order_by().values(listing.contact)
        told = recipients_among(listing.event, chosen, even_gone=listing.is_of_gone)
        readers = _readers(listing, chosen)
        step = request.POST.get("step", "")
        form = MessageForm(request.POST if step else None, readers)
        refusal: Refusal | None = None
        if form.is_valid():
            try:
                if step == "send":
                    return _sent(request, listing, chosen, form)
                if step == "test":
                    _test(request, form, readers)
            except Refusal as refused:
                refusal = refused
        status = refusal.status if refusal else 422 if form.errors else 200
        return page(
            request,
            frame,
            "write",
            status,
            folder="messages",
            form=form,
            refusal=refusal,
            mail=_draft(form, readers) if form.is_bound and form.is_valid() else None,
            people=_people(told),
            left_out=_left_out(told),
            deed=_deed(told.told),
            has_readers=bool(told.told),
        )


def _readers(listing: PanelListing, chosen: Chosen) -> QuerySet[EventRegistration]:
    told = told_among(listing.event, chosen, even_gone=listing.is_of_gone)
    ids = [pk for _contact, pk in told.exclude(registration=None)[:MOST_READERS]]
    return EventRegistration.objects.filter(pk__in=ids).select_related("contact", "event").order_by("pk")


def _reader(form: MessageForm, readers: QuerySet[EventRegistration]) -> EventRegistration | None:
    return form.cleaned_data.get("reader") or readers.first()


def _draft(form: MessageForm, readers: QuerySet[EventRegistration]) -> dict[str, Any] | None:
    """The message as this reader would get it."""
    reader = _reader(form, readers)
    if reader is None:
        return None
    mail = draft_for(reader, form.words.subject, form.words.body)
    return {"reader": reader.full_name, "subject": mail.subject, "html": mail.written_html, "text": mail.body}


def _test(request: HttpRequest, form: MessageForm, readers: QuerySet[EventRegistration]) -> None:
    """Mail the message to whoever writes it, as the reader chosen would get it."""
    reader, user = _reader(form, readers), request.user
    if reader is None:
        return
    mail = draft_for(reader, form.words.subject, form.words.body)
    mail.to, mail.subject = [user.email], _("[Test] %(subject)s") % {"subject": mail.subject}  # type: ignore[union-attr]
    try:
        mail.send()
    except OSError as error:
        logger.warning("test mail was not sent: %s", type(error).__name__)
        raise Refusal(_("The mail server did not take the test mail. Try again in a minute.")) from error
    messages.success(request, _("A test is on its way to %(email)s.") % {"email": mail.to[0]})


def _sent(
    request: HttpRequest, listing: PanelListing, chosen: QuerySet[Any], form: MessageForm
) -> HttpResponse:
    contacts = sorted({pk for (pk,) in chosen.values_list(listing.contact)})
    message = actions.send_message(
        listing.target,
        contacts,
        form.words,
        actor=Actor.staff(request.user),  # type: ignore[arg-type]
        even_gone=listing.is_of_gone,
    )
    return redirect("admin:message_page", message.uuid)


def _people(told: Recipients) -> str:
    return ngettext("%(n)d person gets it.", "%(n)d people get it.", told.told) % {"n": told.told}


def _left_out(told: Recipients) -> list[str]:
    """Who of those chosen gets nothing, and why."""
    said = [
        (told.declined, ngettext("%(n)d wants no messages", "%(n)d want no messages", told.declined)),
        (told.gone, ngettext("%(n)d is no longer there", "%(n)d are no longer there", told.gone)),
        (told.erased, ngettext("%(n)d was erased", "%(n)d were erased", told.erased)),
    ]
    return [words % {"n": number} for number, words in said if number]


def _deed(number: int) -> str:
    return ngettext("Send to %(n)d person", "Send to %(n)d people", number) % {"n": number}
