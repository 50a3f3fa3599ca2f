"""The agenda as a calendar file."""

from django.http import HttpRequest, HttpResponse

from registrations.calendar import agenda_ics
from registrations.website.personal import personal
from registrations.website.visitor import Visitor


@personal
def agenda_calendar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The calendar of everything held at the event, with a reminder five minutes before each session."""
    assert visitor.registration is not None
    response = HttpResponse(agenda_ics(visitor.registration), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{visitor.event.slug}.ics"'
    return response
