"""The figures as panels of the Overview tab, and each as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from events.admin.panels import register_panels
from events.errors import NotPermitted
from events.models import Event
from registrations.admin.files.writing import csv_file
from registrations.admin.overview.advised import advice
from registrations.admin.overview.base import Figure
from registrations.admin.overview.people import NoShows, RegistrationsOverTime
from registrations.admin.overview.seats import FillByRoom, SeatsBySession, Waitlists
from registrations.admin.overview.sent import MailsByKind
from registrations.admin.overview.sold import SoldPasses, VatRates
from registrations.admin.overview.wished import UnmetDemand
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import with_refusals

FIGURES: tuple[type[Figure], ...] = (
    SeatsBySession,
    RegistrationsOverTime,
    FillByRoom,
    UnmetDemand,
    Waitlists,
    NoShows,
    MailsByKind,
)
# Files only: what they say stands in a panel of another tab.
FILES: tuple[type[Figure], ...] = (SoldPasses, VatRates)
_BY_KEY = {figure.key: figure for figure in (*FIGURES, *FILES)}


def _drawn_by(figure: type[Figure]) -> Callable[[HttpRequest, ModelAdmin, Any], SafeString]:
    def draw(request: HttpRequest, _model_admin: ModelAdmin, event: Event) -> SafeString:
        return figure(request, event).render()

    return draw


register_panels({"overview_advice": advice, **{figure.key: _drawn_by(figure) for figure in FIGURES}})


@with_refusals
def figure_file(request: HttpRequest, event: Target, figure: str) -> HttpResponse:
    """Download all rows of one figure as CSV. They name nobody, so whoever sees the figure may have them."""
    found = _BY_KEY.get(figure)
    if found is None or not isinstance(event, Event):
        raise Http404
    asked = found(request, event)
    if not asked.is_shown():
        raise NotPermitted
    answer = HttpResponse(
        "".join(csv_file(asked.head, [asked.rows()])), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{event.slug}-{figure}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
