"""Our own frame around the floor's one statement: all middleware, a form with its CSRF token, a message, a redirect.

What is between it and the floor is Django's; what is between it and a claim is what we decide, write and tell.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST

from tests.benchmarks import floor_site


@require_POST
def claim(request: HttpRequest, counter: int) -> HttpResponse:
    """Take one seat of the counter, and say so."""
    taken = floor_site.claim(request, counter)
    messages.success(request, taken.content.decode())
    return HttpResponseRedirect("/")


urlpatterns = [path("claim/<int:counter>/", claim)]
