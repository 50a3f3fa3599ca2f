"""One panel: one scoped list in one tab, paged, searched and sorted by Django's own ChangeList."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.contrib.admin.utils import label_for_field
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.searching import SearchedAdmin
from events.errors import Invalid
from events.models import Event
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.changelist import (
    PanelChangeList,
    foreign_parameters,
    own_parameters,
    own_request,
)
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.export import MAY_EXPORT
from sessions_app.models import Session

ROWS_A_PAGE = 50
# Columns whose cells say what they are, even without the head of the table above them.
EXPLAINS_ITSELF = {
    "tick",
    "person",
    "hours",
    "session",
    "room_shown",
    "seats_shown",
    "status_shown",
    "seat",
    "what",
    "when",
}


def _with_label(cell: SafeString, begin: SafeString) -> SafeString:
    return begin + SafeString(cell.removeprefix("<td")) if begin and cell.startswith("<td") else cell  # nosec B703 # escaped before


@dataclass(frozen=True)
class Button:
    """One verb as the page offers it."""

    verb: PanelVerb
    url: str
    why_not: str = ""


class Panel(SearchedAdmin):
    """One list under a tab, made anew for each request. It shows rows of one event or session and nobody else's.

    `prefix` marks its parameters in the address; `view_permission` is what its rows ask for; `verbs` may be done
    with ticked rows, `tools` need no row.
    """

    rows_of: ClassVar[type[models.Model]]
    key: ClassVar[str]
    prefix: ClassVar[str]
    tab: ClassVar[str] = "registration"
    title: ClassVar[Any]
    empty: ClassVar[Any] = gettext_lazy("Nothing here yet.")
    nothing_found: ClassVar[Any] = gettext_lazy("Nothing matches. Try fewer words or another filter.")
    view_permission: ClassVar[str]
    verbs: ClassVar[Sequence[type[PanelVerb]]] = ()
    tools: ClassVar[Sequence[type[PanelVerb]]] = ()
    # The column that names a row's contact, and whether its people are those who gave up what they had.
    contact: ClassVar[str] = "contact"
    is_of_gone: ClassVar[bool] = False
    # Whether a file of the rows names people: then it asks for the permission, and leaves a trace.
    holds_people: ClassVar[bool] = True

    list_select_related: ClassVar[Any] = ()
    list_per_page = ROWS_A_PAGE
    list_max_show_all = 0
    show_full_result_count = False
    empty_value_display = "–"
    show_facets = admin.ShowFacets.NEVER
    list_display_links: Any = None
    actions = None

    def __init__(self, request: HttpRequest, target: Target, site: admin.AdminSite | None = None) -> None:
        super().__init__(self.rows_of, site or admin.site)
        self.user: Any = request.user
        self.target = target
        self.event: Event = target if isinstance(target, Event) else target.event
        self.zone = target.zone
        self.kept = foreign_parameters(request.GET, self.prefix, self.tab)

    @property
    def own_session(self) -> Session:
        """The session, for panels that stand on a session's page only."""
        assert isinstance(self.target, Session)
        return self.target

    # What a panel says about itself

    def rows(self) -> QuerySet[Any]:
        """Every row that belongs here, before search and filters."""
        raise NotImplementedError

    def summary(self) -> str:
        """One line above the list."""
        return ""

    def add_figures(self, rows: list[Any]) -> None:
        """Give each row of the page the figures it is shown with, in a fixed number of queries."""

    def row_url(self, row: Any) -> str:
        """Where a row's link leads; empty: to the row's own page."""
        return ""

    def file_columns(self) -> list[Column]:
        """What a file of the rows may contain."""
        raise NotImplementedError

    def answer_columns(self, path: str) -> list[Column]:
        """One column for each question of the event, for those who may read the answers."""
        if not access.may_see_answers(self.user, self.event):
            return []
        return columns.answers(self.event.custom_registration_fields.all(), path)

    def may_be_taken(self) -> bool:
        """True when this member of staff may take the rows along as a file."""
        return not self.holds_people or access.may(self.user, self.event, *MAY_EXPORT)

    def is_shown(self) -> bool:
        """True when this member of staff may see the panel."""
        return access.may(self.user, self.event, self.view_permission)

    # What Django asks

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.rows()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PanelChangeList]:
        return PanelChangeList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = list(self.list_display)
        return ["tick", *shown] if self.offered(self.verbs) else shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="")
    def tick(self, row: Any) -> SafeString:
        """The box that chooses this row for a verb."""
        label = _("Choose %(row)s") % {"row": self.name_of(row)}
        return format_html('<input type="checkbox" name="row" value="{}" aria-label="{}">', row.pk, label)

    def name_of(self, row: Any) -> str:
        """A row's name, as a person says it."""
        return str(row)

    def offered(self, verbs: Sequence[type[PanelVerb]]) -> list[PanelVerb]:
        """The verbs that this member of staff may use here."""
        offered = [verb() for verb in verbs]
        return [verb for verb in offered if verb.is_allowed(self.user, self.target)]

    # Reading and showing

    def read(self, request: HttpRequest, parameters: QueryDict | None = None) -> PanelChangeList:
        """Return the page asked for. Without `parameters` they are this panel's own in the address."""
        return self.get_changelist_instance(own_request(request, self.prefix, parameters))  # type: ignore[return-value]

    def read_exactly(self, request: HttpRequest, parameters: QueryDict) -> PanelChangeList:
        """Return what `parameters` mean and nothing else; raises Invalid where they mean nothing."""
        try:
            return self.read(request, parameters)
        except IncorrectLookupParameters as error:
            raise Invalid(
                _("This search or filter is none of this list's. Go back and set it again.")
            ) from error

    def render(self, request: HttpRequest) -> SafeString:
        """Return the panel's HTML, or nothing for somebody who may not see it."""
        if not self.is_shown():
            return SafeString("")
        try:
            page, note = self.read(request), ""
        except IncorrectLookupParameters:
            page, note = self.read(request, QueryDict()), _("There is no such page; this is the first.")
        return render_to_string("admin/panels/panel.html", self._context(request, page, note), request)

    def _context(self, request: HttpRequest, page: PanelChangeList, note: str) -> dict[str, Any]:
        return {
            "panel": self,
            "page": page,
            "note": note,
            "headers": list(result_headers(page)),
            "rows": self._labelled(page),
            "filters": [(spec, list(spec.choices(page))) for spec in page.filter_specs],
            "verbs": [Button(verb, verb.url(self), verb.why_not(self)) for verb in self.offered(self.verbs)],
            "tools": self._tools(request),
            "numbers": page.paginator.get_elided_page_range(page.page_num) if page.multi_page else (),
            "summary": self.summary(),
            "parameters": own_parameters(request.GET, self.prefix).urlencode(),
            "kept_in_search": self._kept_in_search(page),
            "back": f"{request.get_full_path()}#panel-{self.key}",
        }

    def _labelled(self, page: PanelChangeList) -> list[list[SafeString]]:
        """The cells of each row; those that do not explain themselves carry their column's name, for phones."""
        begins = [self._begin(str(name)) for name in page.list_display]
        return [
            [_with_label(cell, begin) for cell, begin in zip(row, begins, strict=True)]
            for row in results(page)
        ]

    def _begin(self, name: str) -> SafeString:
        """How the column's cells begin, where they carry its name."""
        label = "" if name in EXPLAINS_ITSELF else label_for_field(name, self.model, model_admin=self)
        return format_html('<td data-label="{}"', capfirst(str(label))) if label else SafeString("")

    def _tools(self, request: HttpRequest) -> list[Button]:
        """The links beside the title. They bring along what the panel shows and where to come back to."""
        back = [("back", f"{request.get_full_path()}#panel-{self.key}")]
        own = [
            (name, str(value)) for name, value in request.GET.items() if name.startswith(f"{self.prefix}-")
        ]
        buttons = []
        for tool in self.offered(self.tools):
            carried = [*own, *back] if tool.carries_list else back
            buttons.append(Button(tool, f"{tool.url(self)}?{urlencode(carried)}"))
        return buttons

    def _kept_in_search(self, page: PanelChangeList) -> list[tuple[str, str]]:
        own = [
            (f"{self.prefix}-{name}", str(value))
            for name, value in page.params.items()
            if name not in {"q", "p"}
        ]
        return self.kept + own
