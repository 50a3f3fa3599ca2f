"""The pages that paper comes from: asked for once more, kept in the ledger, and written while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.admin import words
from events.admin.verbs import Frame, page
from registrations import actions
from registrations.admin.files.taking import Narrowed
from registrations.admin.printing.badges import badges_of
from registrations.admin.printing.lists import lines_of
from registrations.admin.printing.people import by_pass, registrations_in, sorted_by_name
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.base import PanelListing
from registrations.admin.verbs.printing import Badges, Printed
from registrations.models import EventRegistration
from sessions_app.models import Session

# Where the people come in the page that is written around them.
PEOPLE = "<!-- people -->"


class BadgeForm(forms.Form):
    """Before badges are printed: on which paper."""

    ONE, A4 = "one", "a4"
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[
            (ONE, gettext_lazy("One badge on each page, as badge printers take them")),
            (A4, gettext_lazy("As many as there is room for on A4, to be cut")),
        ],
        widget=forms.RadioSelect,
        initial=ONE,
    )


def print_rows(
    request: HttpRequest,
    frame: Frame,
    panel: PanelListing,
    rows: QuerySet[Any],
    verb: Printed,
    narrowed: Narrowed,
) -> HttpResponse:
    """Say how many people it would be; once that is confirmed, note it in the ledger and hand over the pages."""
    people = _people(panel, rows, narrowed)
    is_confirmed = request.method == "POST" and request.POST.get("confirmed") == "1"
    form = BadgeForm(request.POST if is_confirmed else None) if isinstance(verb, Badges) else None
    if not is_confirmed or (form is not None and not form.is_valid()):
        return _ask(request, frame, panel, verb, people.count(), rows.count(), form)
    keys = sorted_by_name(people)
    _note(request, panel, verb, len(keys), narrowed)
    if form is not None:
        actions.door_codes_for(panel.event)
        return _badges(request, frame, panel.event, keys, is_a4=form.cleaned_data["paper"] == BadgeForm.A4)
    return _list(request, frame, panel.target, keys)


def _people(panel: PanelListing, rows: QuerySet[Any], narrowed: Narrowed) -> QuerySet[EventRegistration]:
    """Whom the rows are about; on a session's whole list also whoever may attend it by a pass."""
    people = registrations_in(rows)
    is_whole = not (narrowed.is_ticked or narrowed.is_search or narrowed.filters)
    return people | by_pass(panel.target) if is_whole and isinstance(panel.target, Session) else people


def _ask(
    request: HttpRequest,
    frame: Frame,
    panel: PanelListing,
    verb: Printed,
    count: int,
    rows: int,
    form: BadgeForm | None,
) -> HttpResponse:
    return page(
        request,
        frame,
        "ask",
        422 if form is not None and form.is_bound else 200,
        folder="printing",
        verb=verb,
        event=panel.event,
        count=count,
        left_out=max(0, rows - count),
        form=form,
        deed=_counted(verb, count),
    )


def _counted(verb: Printed, count: int) -> str:
    if isinstance(verb, Badges):
        return ngettext("Print %(n)d badge", "Print %(n)d badges", count) % {"n": count}
    return ngettext("Print a list of %(n)d person", "Print a list of %(n)d people", count) % {"n": count}


def _note(request: HttpRequest, panel: PanelListing, verb: Printed, count: int, narrowed: Narrowed) -> None:
    if isinstance(verb, Badges):
        said = ngettext("%(n)d badge printed", "%(n)d badges printed", count)
    else:
        said = ngettext("Door list of %(n)d person printed", "Door list of %(n)d people printed", count)
    actions.note_export(
        panel.target,
        actor=Actor.staff(request.user),  # type: ignore[arg-type]
        what=said % {"n": count},
        detail={
            "list": panel.key,
            "rows": count,
            "format": verb.paper,
            "filters": narrowed.filters,
            "is_search": narrowed.is_search,
            "is_ticked": narrowed.is_ticked,
        },
    )


def _badges(
    request: HttpRequest, frame: Frame, event: Any, keys: Sequence[int], *, is_a4: bool
) -> HttpResponse:
    said = ngettext("%(n)d badge", "%(n)d badges", len(keys)) % {"n": len(keys)}
    sets = ({"badges": some, "event": event} for some in badges_of(event, keys))
    return _written(request, frame, "badges", sets, said=said, event=event, is_a4=is_a4)


def _list(request: HttpRequest, frame: Frame, target: Target, keys: Sequence[int]) -> HttpResponse:
    said = ngettext("%(n)d person", "%(n)d people", len(keys)) % {"n": len(keys)}
    has_sessions = not isinstance(target, Session)
    sets = ({"lines": some, "has_sessions": has_sessions} for some in lines_of(target, keys))
    printed = words.moment(timezone.now(), target.zone)
    return _written(
        request,
        frame,
        "door_list",
        sets,
        said=said,
        target=target,
        about=frame.about,
        printed=printed,
        has_sessions=has_sessions,
    )


def _written(
    request: HttpRequest, frame: Frame, paper: str, sets: Iterator[dict[str, Any]], **context: Any
) -> HttpResponse:
    """The page, of which only one set of people is in memory at a time; no proxy keeps it."""
    shown = {"frame": frame, "people": PEOPLE, **context}
    head, _place, foot = render_to_string(f"admin/printing/{paper}.html", shown, request).partition(PEOPLE)
    language = translation.get_language()

    def pieces() -> Iterator[str]:
        yield head
        for some in sets:
            # What is written later is written for whoever asked, whom the thread may have left by then.
            with translation.override(language):
                yield render_to_string(f"admin/printing/_{paper}.html", some)
        yield foot

    return StreamingHttpResponse(pieces(), headers={"Cache-Control": "no-store"})  # type: ignore[return-value]
