"""The switch of languages at the foot of every page: kept in the browser, and with the person whose page is open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.languages import codes, remember
from registrations.actions import speak_to
from registrations.website.found import find_event
from registrations.website.visitor import visitor_of


# A stranger's form could do no more than turn a page into another language: the cookie that says whose page it is
# does not come along with it. So no page needs a token for this alone.
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Show this browser's pages in the language, and write to whoever opened their personal link here in it too.

    Leads back to where the switch stood; a language that is none of ours changes nothing.
    """
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_back_to(request), status=303)
    if language not in codes():
        return response
    remember(response, language)
    registration = visitor_of(request, find_event(slug)).registration if slug else None
    if registration:
        speak_to(registration.contact, language)
    return response


def _back_to(request: HttpRequest) -> str:
    """The page that the switch stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else "/"
