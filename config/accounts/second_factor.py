"""Who must have a second factor gets no further than to setting one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from events.roles import needs_second_factor

DESK = "/admin/"
# What a page needs to be drawn, and the way out.
OPEN = ("/admin/login/", "/admin/logout/", "/admin/jsi18n/")


class SecondFactor:
    """Middleware: with REQUIRE_2FA the desk opens to those who see people only once they have a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.REQUIRE_2FA and _is_missing(request):
            said = _("Your role sees people's data. Set up a second way of signing in first.")
            messages.warning(request, said)
            return redirect("mfa_index")
        return self.get_response(request)


def _is_missing(request: HttpRequest) -> bool:
    if not request.path.startswith(DESK) or request.path.startswith(OPEN):
        return False
    user: Any = request.user
    return user.is_authenticated and needs_second_factor(user) and not get_adapter().is_mfa_enabled(user)
