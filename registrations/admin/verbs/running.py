"""From a panel's button to the deed: find, show the consequences, act, say what became of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from events.actors import Actor
from events.errors import NotPermitted, Refusal
from registrations.admin import access
from registrations.admin.access import Target
from registrations.admin.forms import ReasonForm
from registrations.admin.panels import BY_KIND
from registrations.admin.panels.base import Panel
from registrations.admin.panels.changelist import own_parameters
from registrations.admin.verbs import VERBS
from registrations.admin.verbs.base import SHOWN_ROWS, Selection, Verb
from registrations.admin.verbs.export import as_csv
from registrations.admin.verbs.pages import back_url, finish, page, with_refusals


@with_refusals
def run_verb(request: HttpRequest, target: Target, panel_key: str, verb_key: str) -> HttpResponse:
    """Show what a verb would do with the chosen rows; when confirmed, do it."""
    panel = find_panel(request, target, panel_key)
    verb = find_verb(request, panel, verb_key)
    if request.method != "POST":
        return redirect(back_url(request, target))
    selection = Selection.of(request.POST)
    rows = selection.rows(request, panel)
    count = rows.count()
    if not count:
        raise selection.refusal()
    answer = verb.answer(panel, rows)
    if answer is not None:
        return answer
    return _confirm_or_act(request, panel, verb, selection, rows, count)


def _confirm_or_act(
    request: HttpRequest, panel: Panel, verb: Verb, selection: Selection, rows: Any, count: int
) -> HttpResponse:
    is_confirmed = request.POST.get("confirmed") == "1"
    form = verb.form(request, panel, request.POST if is_confirmed else None)
    refusal = None
    if is_confirmed and form.is_valid():
        data = {**form.cleaned_data, "reason": form.reason if isinstance(form, ReasonForm) else ""}
        try:
            return finish(request, panel.target, verb.act(panel, rows, data, Actor.staff(panel.user)))
        except NotPermitted:
            raise
        except Refusal as refused:
            refusal = refused
    without, with_past = verb.deed_past_capacity(panel, rows)
    return page(
        request,
        panel.target,
        "confirm",
        refusal.status if refusal else 422 if is_confirmed else 200,
        title=verb.title,
        panel=panel,
        verb=verb,
        form=form,
        refusal=refusal,
        selection=selection,
        consequences=verb.consequences(panel, list(rows[:SHOWN_ROWS])),
        not_shown=max(0, count - SHOWN_ROWS),
        warning=verb.warning(request, panel, count),
        deed=verb.deed(count),
        deed_without=without,
        deed_with_past=with_past,
    )


@with_refusals
def export_panel(request: HttpRequest, target: Target, panel_key: str) -> HttpResponse:
    """Download every row that matches the panel's search and filters."""
    panel = find_panel(request, target, panel_key)
    find_verb(request, panel, "export_all")
    parameters = own_parameters(request.GET, panel.prefix)
    return as_csv(panel, panel.read_exactly(request, parameters).queryset)


def find_panel(request: HttpRequest, target: Target, key: str) -> Panel:
    """Return the panel of this name; raise Http404 for none, NotPermitted for one that is not theirs to see."""
    panel_class = BY_KIND[access.kind_of(target)].get(key)
    if panel_class is None:
        raise Http404
    panel = panel_class(request, target)
    if not panel.is_shown():
        raise NotPermitted
    return panel


def find_verb(request: HttpRequest, panel: Panel, key: str) -> Verb:
    """Return the panel's verb of this name; raise Http404 for none, NotPermitted for one that is not theirs."""
    if key not in (*panel.verbs, *panel.tools):
        raise Http404
    verb = VERBS[key]
    if not verb.is_allowed(request.user, panel.target):
        raise NotPermitted
    return verb
