"""All mails of an event on one page: reminders, messages sent, and own words beside what each says by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.actors import Actor
from events.admin import words
from events.admin.harmless import harmless
from events.admin.verbs import page
from events.errors import Invalid, NotPermitted
from events.models import Event
from events.placeholders import listed
from registrations import actions
from registrations.actions.sending.reminders import WITH_OWN_WORDS, settings_of
from registrations.admin.messages.pages import figures_of, state_of
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.admin.verbs.people import Mails
from registrations.mail.samples import Samples
from registrations.models import MailWords, Message, ReminderSettings

MOST_MESSAGES, MOST_CHARACTERS = 20, 2_000


class RemindersForm(forms.ModelForm):
    """How long before people are reminded."""

    class Meta:
        model = ReminderSettings
        fields = ["event_hours", "session_minutes"]

    def clean(self) -> dict[str, Any]:
        """Let 0 be off, as an empty field is."""
        return {name: before or None for name, before in (super().clean() or {}).items()}


class WordsForm(forms.Form):
    """One paragraph for every mail, and one for each kind; with the language in which mails are looked at."""

    def __init__(self, data: Any, event: Event) -> None:
        known = dict(MailWords.objects.filter(event=event).values_list("kind", "paragraph"))
        super().__init__(data, initial={**known, "language": get_language()})
        self.fields["language"] = forms.ChoiceField(
            label=_("Look at the mails in"), choices=settings.LANGUAGES, required=False
        )
        self.fields[MailWords.EVERY] = _paragraph(_("Your own paragraph in every mail"), _("every mail"))
        for kind in WITH_OWN_WORDS:
            self.fields[kind.value] = _paragraph(_("Your own paragraph"), str(kind.label))

    @property
    def paragraphs(self) -> dict[str, str]:
        """What is written, by kind of mail; once the form is valid."""
        return {name: said for name, said in self.cleaned_data.items() if name != "language"}

    def with_samples(self, event: Event) -> list[dict[str, Any]]:
        """Each mail: its name, its field, and what it says."""
        samples, written = Samples(event), {name: self[name].value() or "" for name in self.fields}
        return [
            {
                "kind": kind.label,
                "field": self[kind.value],
                "preview": reverse("admin:mail_preview", args=["event", event.pk, kind.value]),
                "text": samples.text(kind.value, written),
                "is_open": bool(self[kind.value].value()) or bool(self[kind.value].errors),
            }
            for kind in WITH_OWN_WORDS
        ]


def _paragraph(label: str, of: str) -> forms.CharField:
    said_aloud = f"{_('Own paragraph')}: {of}"
    box = forms.Textarea(attrs={"rows": 3, "aria-label": said_aloud})
    return forms.CharField(label=label, required=False, max_length=MOST_CHARACTERS, widget=box)


@with_refusals
def mail_preview(request: HttpRequest, target: Target, mail: str) -> HttpResponse:
    """Show one kind of mail on sample data, in a frame: as it is saved (GET), or as it is typed just now (POST)."""
    if not isinstance(target, Event) or mail not in WITH_OWN_WORDS:
        raise Http404
    if not Mails().is_allowed(request.user, target):
        raise NotPermitted
    words = request.POST or dict(MailWords.objects.filter(event=target).values_list("kind", "paragraph"))
    written = {name: words.get(name, "")[:MOST_CHARACTERS] for name in (mail, MailWords.EVERY)}
    wanted = request.POST.get("language", "")
    with translation.override(wanted if wanted in dict(settings.LANGUAGES) else get_language()):
        return harmless(request, Samples(target).html(mail, written), is_framed=True)


@with_refusals
def event_mails(request: HttpRequest, target: Target) -> HttpResponse:
    """Show the event's mails (GET), and change reminders and own words (POST)."""
    if not isinstance(target, Event):
        raise Http404
    if not Mails().is_allowed(request.user, target):
        raise NotPermitted
    data = request.POST if request.method == "POST" else None
    reminders = RemindersForm(data, instance=settings_of(target))
    own = WordsForm(data, target)
    if data is not None and reminders.is_valid() and own.is_valid():
        try:
            actions.change_mails(
                target,
                actions.Mails(**reminders.cleaned_data, paragraphs=own.paragraphs),
                actor=Actor.staff(request.user),  # type: ignore[arg-type]
            )
        except Invalid as refusal:
            for name, said in refusal.data["fields"].items():
                own.add_error(name, said)
        else:
            messages.success(request, _("The mails of “%(event)s” are changed.") % {"event": target})
            return redirect(request.get_full_path())
    return page(
        request,
        frame_of(request, target, Mails.title),
        "mails",
        422 if reminders.errors or own.errors else 200,
        folder="messages",
        reminders=reminders,
        language=own["language"],
        every=own[MailWords.EVERY],
        mails=own.with_samples(target),
        sent=_messages(target),
        placeholders=listed(),
    )


def _messages(event: Event) -> list[dict[str, Any]]:
    """The newest messages with their figures."""
    newest = list(Message.objects.filter(event=event).select_related("user")[:MOST_MESSAGES])
    shown, all_figures = [], figures_of(newest)
    for message in newest:
        figures = all_figures[message.pk]
        written = words.moment(message.created_at, event.zone)
        state = state_of(message, figures)
        shown.append({"message": message, "figures": figures, "state": state, "written": written})
    return shown
