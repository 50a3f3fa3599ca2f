"""What surrounds every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from events.database_trouble import begin_request, trouble_of
from events.views.busy import answer_for

GetResponse = Callable[[HttpRequest], HttpResponse]


class DatabaseTrouble:
    """Answers 503 where the database cannot serve us now, whatever the view was about to do.

    What other middleware meets is answered in `events.api.errors.server_error`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Begin anew: nothing has been done yet."""
        begin_request()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503, or None for what is a mistake of ours."""
        return answer_for(request, exception) if trouble_of(exception) else None
