"""Our own frame, all middleware, a form with its CSRF token, a message, a redirect, around nothing but statements.

Around the floor's one: what is between it and the floor is Django's. Around the two of a claim, at the claim's own
address: what is between it and a claim is our Python, which decides, and puts together what is written and told.
"""

from __future__ import annotations

import uuid as uuids
from functools import cache

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from registrations.website.urls import ME
from tests.benchmarks import floor_site
from tests.benchmarks.two_statements import TwoStatements


@require_POST
def claim(request: HttpRequest, counter: int) -> HttpResponse:
    """Take one seat of the counter, and say so."""
    taken = floor_site.claim(request, counter)
    messages.success(request, taken.content.decode())
    return HttpResponseRedirect("/")


@require_POST
def change_seat(request: HttpRequest, slug: str, token: str, uuid: uuids.UUID, verb: str) -> HttpResponse:
    """Take one seat of the session by a claim's own two statements, and say so."""
    statements = _statements()
    row = statements.row(uuid, uuids.UUID(token.partition(".")[0]))
    messages.success(request, "yes" if statements.take(row, timezone.now()) else "no")
    return HttpResponseRedirect("/")


@cache
def _statements() -> TwoStatements:
    return TwoStatements.of_environment()


urlpatterns = [
    path("claim/<int:counter>/", claim),
    path(ME + "seat/<uuid:uuid>/<verb:verb>/", change_seat),
]
