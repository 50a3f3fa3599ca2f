"""From a panel's button to the deed: find the panel, its verb and the rows meant; the desk's frame does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from events.admin.verbs import ask_or_act
from events.errors import Invalid, NotPermitted, Refusal
from registrations.admin.files.taking import Narrowed, take_along
from registrations.admin.panels import BY_KIND, FILES
from registrations.admin.panels.base import Panel
from registrations.admin.panels.changelist import own_parameters
from registrations.admin.printing.pages import print_rows
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.export import Export
from registrations.admin.verbs.pages import back_url, frame_of, with_refusals
from registrations.admin.verbs.picking import ids_in
from registrations.admin.verbs.printing import Printed


@dataclass(frozen=True)
class Selection:
    """Which rows a verb was asked for."""

    ids: list[int]
    is_across: bool
    parameters: str

    @classmethod
    def of(cls, data: QueryDict) -> Selection:
        """Read the ticked rows; with `across` all that match the panel's search and filters."""
        return cls(ids_in(data.getlist("row")), data.get("across") == "1", data.get("parameters", ""))

    def refusal(self) -> Refusal:
        """Why nothing can be done when no row is left."""
        if self.ids or self.is_across:
            return Refusal(_("None of the chosen rows is in this list any more. Somebody was faster."))
        return Invalid(_("Choose at least one row first."))

    def rows(self, request: HttpRequest, panel: Panel) -> QuerySet[Any]:
        """The chosen rows of this panel and of no other, in the panel's order."""
        if self.is_across:
            return panel.read_exactly(request, QueryDict(self.parameters)).queryset
        page = panel.read(request, QueryDict())
        return (
            page.root_queryset.filter(pk__in=self.ids)
            .select_related(*panel.list_select_related)
            .order_by(*page.get_ordering(request, page.root_queryset))
        )

    @property
    def narrowed(self) -> Narrowed:
        """How these rows were chosen."""
        return Narrowed.by(QueryDict(self.parameters), is_ticked=not self.is_across)

    @property
    def repeated(self) -> list[tuple[str, Any]]:
        """What the next page must send along to mean the same rows."""
        across = [("across", "1")] if self.is_across else []
        return [("parameters", self.parameters), *across, *(("row", str(pk)) for pk in self.ids)]


@with_refusals
def run_verb(request: HttpRequest, target: Target, panel_key: str, verb_key: str) -> HttpResponse:
    """Show what a verb would do with the chosen rows; when confirmed, do it."""
    panel = find_panel(request, target, panel_key)
    verb = find_verb(request, panel, verb_key)
    if request.method != "POST":
        return redirect(back_url(request, target))
    selection = Selection.of(request.POST)
    rows = selection.rows(request, panel)
    if not rows.exists():
        raise selection.refusal()
    carried = [("confirmed", "1"), ("back", back_url(request, target)), *selection.repeated]
    frame = frame_of(request, target, verb.title, carried)
    if isinstance(verb, Export):
        return take_along(request, panel, rows, selection.narrowed, carried)
    if isinstance(verb, Printed):
        return print_rows(request, frame, panel, rows, verb, selection.narrowed)
    own = verb.own_page(request, frame, panel, rows)
    if own is not None:
        return own
    return ask_or_act(
        request,
        frame,
        verb,
        panel,
        rows.all,
        is_confirmed=request.POST.get("confirmed") == "1",
    )


@with_refusals
def export_panel(request: HttpRequest, target: Target, panel_key: str) -> HttpResponse:
    """Take every row along that matches the search and filters of a panel, or of a list that is a file only."""
    panel = find_panel(request, target, panel_key, FILES)
    if not panel.may_be_taken():
        raise NotPermitted(_("You may not take people along as a file. Ask an Event Administrator."))
    parameters = own_parameters(request.GET, panel.prefix)
    rows = panel.read_exactly(request, parameters).queryset
    return take_along(request, panel, rows, Narrowed.by(parameters), [("back", back_url(request, target))])


@with_refusals
def print_panel(request: HttpRequest, target: Target, panel_key: str, paper: str) -> HttpResponse:
    """Put every row on paper that matches the search and filters of a panel."""
    panel = find_panel(request, target, panel_key)
    verb = find_verb(request, panel, paper)
    if not isinstance(verb, Printed):
        raise Http404
    parameters = own_parameters(request.GET, panel.prefix)
    rows = panel.read_exactly(request, parameters).queryset
    frame = frame_of(request, target, verb.title, [("confirmed", "1"), ("back", back_url(request, target))])
    return print_rows(request, frame, panel, rows, verb, Narrowed.by(parameters))


def find_panel(
    request: HttpRequest, target: Target, key: str, among: Mapping[str, Mapping[str, type[Panel]]] = BY_KIND
) -> Panel:
    """Return the panel of this name; raise Http404 for none, NotPermitted for one that is not theirs to see."""
    panel_class = among[access.kind_of(target)].get(key)
    if panel_class is None:
        raise Http404
    panel = panel_class(request, target)
    if not panel.is_shown():
        raise NotPermitted
    return panel


def find_verb(request: HttpRequest, panel: Panel, key: str) -> PanelVerb:
    """Return the panel's verb of this name; raise Http404 for none, NotPermitted for one that is not theirs."""
    verb = next((verb() for verb in (*panel.verbs, *panel.tools) if verb.key == key), None)
    if verb is None:
        raise Http404
    if not verb.is_allowed(request.user, panel.target):
        raise NotPermitted
    return verb
