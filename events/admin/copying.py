"""Copy event: what comes along, when each copy takes place, and making them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.actors import Actor
from events.admin.cells import time_span
from events.admin.verbs import Consequence, Frame, OneRow, Verb, change_url, page
from events.errors import Invalid
from events.forms.fields import DateInput
from events.models import Event
from events.slugs import free_slug
from registrations.actions import copy_event
from registrations.queries.copying import (
    MOST_COPIES,
    MOST_DAYS_APART,
    Copying,
    CopyPreview,
    Part,
    PlannedCopy,
    preview_copy,
)

WEEK = 7
# A year later on the same day of the week.
YEAR = 52 * WEEK
NAMES_SHOWN = 5
PARTS = (
    (Part.PROGRAMME, gettext_lazy("Sessions, tracks and speakers")),
    (Part.PASSES, gettext_lazy("Passes, with the sessions they include")),
    (Part.FORM, gettext_lazy("Questions of the registration form")),
    (Part.TEAM, gettext_lazy("The team, with its roles")),
)


class CopyForm(forms.Form):
    """What the copy is called, when it begins, how many there are, and what comes along."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    slug = forms.SlugField(
        label=gettext_lazy("Readable ID"),
        max_length=76,
        help_text=gettext_lazy("Part of the web address. Further copies get a number."),
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=DateInput,
        help_text=gettext_lazy("Every time shifts by as many days; the clocks show the same times."),
    )
    copies = forms.IntegerField(label=gettext_lazy("Number of copies"), min_value=1, max_value=MOST_COPIES)
    every = forms.IntegerField(
        label=gettext_lazy("Days from one copy to the next"),
        min_value=1,
        max_value=MOST_DAYS_APART,
        required=False,
        help_text=gettext_lazy("For a series: 7 for every week, 14 for every other week."),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What comes along"),
        choices=PARTS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def for_event(cls, event: Event) -> CopyForm:
        """The form as it is first shown, filled with what is usual: once, a year later on the same day of the week."""
        day = event.starts_at.astimezone(event.zone).date() + timedelta(days=YEAR)
        # “harbour-2031” becomes “harbour-2032”, and “harbour” as well.
        wanted = f"{re.sub(r'-[0-9]{4}$', '', event.slug)[:65]}-{day.year}"
        taken = {slug.lower() for slug in Event.objects.values_list("slug", flat=True)}
        return cls(
            {
                "name": event.name,
                "slug": free_slug(wanted, taken),
                "first_day": day.isoformat(),
                "copies": 1,
                "every": WEEK,
                "parts": [str(part) for part in Part],
            }
        )

    @property
    def how(self) -> Copying:
        """What was asked for; only of a valid form."""
        given = self.cleaned_data
        return Copying(
            name=given["name"],
            slug=given["slug"],
            first_day=given["first_day"],
            copies=given["copies"],
            days_apart=given["every"] or WEEK,
            parts=frozenset(given["parts"]),
        )


class CopyEvent(Verb[OneRow]):
    """Plan the event again at another time, once or as a series; nobody comes along but the team."""

    key = "copy"
    label = gettext_lazy("Copy event")

    def is_allowed(self, user: Any, target: Any) -> bool:
        """True for those who may make new events."""
        return user.has_perm("events.add_event")

    def own_page(self, request: HttpRequest, frame: Frame, listing: OneRow, rows: Any) -> HttpResponse:
        """Show what would be copied; with the button “copy”, do it."""
        event = listing.target
        form = CopyForm(request.POST) if request.method == "POST" else CopyForm.for_event(event)
        try:
            if form.is_valid():
                if "copy" in request.POST:
                    return _made(request, event, form.how)
                return _page(request, frame, event, form, preview_copy(event, form.how))
        except Invalid as refusal:
            for name, said in refusal.data["fields"].items():
                form.add_error(name, said)
        return _page(request, frame, event, form, None)


def _made(request: HttpRequest, event: Event, how: Copying) -> HttpResponse:
    copies = copy_event(event, how, actor=Actor.staff(request.user))  # type: ignore[arg-type]
    said = ngettext(
        "“%(name)s” is copied: a draft that you own, open to nobody yet.",
        "“%(name)s” is copied %(n)d times: drafts that you own, open to nobody yet.",
        len(copies),
    )
    messages.success(request, said % {"name": event, "n": len(copies)})
    if len(copies) > 1:
        return redirect(f"{reverse('admin:events_event_changelist')}?publish_status__exact=draft")
    return redirect(change_url(copies[0]))


def _page(
    request: HttpRequest, frame: Frame, event: Event, form: CopyForm, previewed: CopyPreview | None
) -> HttpResponse:
    return page(
        request,
        frame,
        "copy",
        422 if form.errors else 200,
        folder="events",
        form=form,
        along=_along(previewed) if previewed else [],
        dates=[_date(event, copy) for copy in previewed.copies] if previewed else [],
        deed=_deed(len(previewed.copies)) if previewed else _("Copy event"),
    )


def _deed(number: int) -> str:
    return ngettext("Make %(n)d copy", "Make %(n)d copies", number) % {"n": number}


def _along(previewed: CopyPreview) -> list[tuple[str, str]]:
    """What comes along and what does not, in figures."""
    parts = [
        counted.sessions(previewed.sessions),
        ngettext("%(n)d track", "%(n)d tracks", previewed.tracks) % {"n": previewed.tracks},
        ngettext("%(n)d speaker", "%(n)d speakers", previewed.speakers) % {"n": previewed.speakers},
        ngettext("%(n)d pass", "%(n)d passes", previewed.passes) % {"n": previewed.passes},
        ngettext("%(n)d question", "%(n)d questions", previewed.questions) % {"n": previewed.questions},
        ngettext("%(n)d team member", "%(n)d team members", previewed.team) % {"n": previewed.team},
    ]
    stays = [_("registrations, waitlists, check-ins and mails"), _("IDs of an imported schedule")]
    if previewed.left_out:
        left_out = ngettext("%(n)d cancelled session", "%(n)d cancelled sessions", previewed.left_out)
        stays.append(left_out % {"n": previewed.left_out})
    shared = _("The event's settings and description; its rooms are shared, not copied.")
    return [
        (_("Comes along"), f"{', '.join(parts)}. {shared}"),
        (_("Stays behind"), ", ".join(stays)),
    ]


def _date(event: Event, copy: PlannedCopy) -> Consequence:
    was = time_span(event.starts_at, event.ends_at, event.zone)
    then = time_span(copy.starts_at, copy.ends_at, event.zone)
    if copy.changed_clocks:
        names = ", ".join(str(session) for session in copy.changed_clocks[:NAMES_SHOWN])
        said = ngettext(
            "%(n)d session falls into the hour in which the clocks change: %(names)s",
            "%(n)d sessions fall into the hour in which the clocks change: %(names)s",
            len(copy.changed_clocks),
        )
        then = f"{then}. {said % {'n': len(copy.changed_clocks), 'names': names}}"
    return Consequence(copy.slug, was, then)
