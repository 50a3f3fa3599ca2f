"""What machines ask before anything else: /livez, /readyz and /metrics."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from events.views.health import livez, readyz
from registrations.website.metrics import metrics

PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


class Probes:
    """Answers them first: whoever asks knows neither the site's name nor https, and has no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The probe's answer, or whatever the site says."""
        return PROBES.get(request.path_info, self.get_response)(request)
