"""Which language a page is in: what the visitor chose, else what their browser asks for, of those that are offered.

Other systems are answered in English always: the codes are what their programs read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from events.models import Event

_FOR_SYSTEMS = ("/api/", "/oauth2/")
_IN_WORDS = ("text/html", "text/calendar", "text/plain")


class Language:
    """Has each request answered in its language, and leaves none behind for the next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say in which language and what it hung on."""
        if request.path.startswith(_FOR_SYSTEMS):
            with translation.override(settings.LANGUAGE_CODE):
                return self.get_response(request)
        with translation.override(language_of(request)):
            response = self.get_response(request)
            _say(response)
        return response


def _say(response: HttpResponseBase) -> None:
    if response.get("Content-Type", "").startswith(_IN_WORDS):
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)


def language_of(request: HttpRequest, offered: Collection[str] = (), instead: str = "") -> str:
    """The visitor's language among those `offered` (all of ours if none is named); `instead` where there is none."""
    offered = offered or codes()
    return next((each for each in _wishes(request) if each in offered), instead or settings.LANGUAGE_CODE)


def _wishes(request: HttpRequest) -> Iterator[str]:
    """What the visitor chose here, then what the browser asks for, best first; of each the language alone."""
    yield request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for wished, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        yield wished.partition("-")[0]


def speak_at(request: HttpRequest, event: Event, known: str = "") -> None:
    """From here on this request is answered in a language that the event offers.

    What was chosen in this browser comes first, then the `known` language of the person whom the page belongs to.
    """
    chosen, offered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), event.offered_languages
    if known in offered and chosen not in offered:
        translation.activate(known)
    else:
        translation.activate(language_of(request, offered, offered[0]))


def remember(response: HttpResponseBase, language: str) -> None:
    """Keep what was chosen in this browser, for a year and for the whole site."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def codes() -> list[str]:
    """The languages of the product."""
    return [code for code, _name in settings.LANGUAGES]


def name_of(language: str) -> str:
    """What a language calls itself."""
    return dict(settings.LANGUAGES).get(language, language)
