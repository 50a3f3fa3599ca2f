"""A live event's programme for the conference apps that people already use."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import Event
from sessions_app.schedule.write import write_json, write_xml


def _live_event(slug: str) -> Event:
    return get_object_or_404(Event.objects.live().select_related("building"), slug=slug)


@require_safe
@cache_control(public=True, max_age=60)
def schedule_xml(request: HttpRequest, slug: str) -> HttpResponse:
    """The live sessions of a live event as frab's schedule.xml."""
    content = write_xml(_live_event(slug), only_live=True)
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=60)
def schedule_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The live sessions of a live event as frab's schedule.json."""
    content = write_json(_live_event(slug), only_live=True)
    return HttpResponse(content, content_type="application/json; charset=utf-8")
