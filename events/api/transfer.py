"""How answers of the API travel: each GET with an `ETag`, 304 to whoever has the same one, compressed where asked for.

A middleware, since only here an answer is written out. The tag of a list is a digest of what it says: it costs a
thousandth of making the list, and unlike a date it misses no counter that moved.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers

from events.api.aliases import ROOT
from events.api.versions import digest, tags_in
from events.compression import gzipped, takes

# Below this, compressing saves less than it costs; lists repeat themselves so much that more effort gains little.
# At 1 the library takes whatever it finds first, and leaves lists a quarter longer.
SMALLEST, EFFORT = 500, 2
_READS = {"GET", "HEAD"}


class Transfer:
    """Sees to answers below the API's root.

    Compressing tells an eavesdropper how alike an answer and what is sent are (BREACH). To guess a secret like that he
    has to let somebody's browser ask again and again with words of his own. Our answers follow a bearer token, which
    no browser adds by itself: only who has the token can ask at all. Tokens themselves are given at /oauth2/, which
    is not compressed, and pages with forms and cookies are not either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(ROOT) or response.streaming:
            return response
        version = getattr(response, "record_version", "")
        is_read = request.method in _READS and response.status_code == HTTPStatus.OK
        if version or is_read:
            tag = "-".join(filter(None, (version, digest(response.content))))
            response["ETag"] = f'"{tag}"'
            if is_read and {"*", tag} & set(tags_in(request.headers.get("If-None-Match", ""))):
                response = _not_modified(response)
        if request.headers.get("Authorization"):
            # Kept by the client alone, and asked for anew each time, which a 304 makes cheap.
            patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Accept-Encoding"])
        return (
            _compressed(response) if takes(request.headers.get("Accept-Encoding", ""), "gzip") else response
        )


def _not_modified(response: HttpResponse) -> HttpResponse:
    """The answer's headers without its content."""
    answer = HttpResponseNotModified()
    for name, value in response.items():
        if not name.startswith("Content-"):
            answer[name] = value
    answer.cookies = response.cookies
    return answer


def _compressed(response: HttpResponse) -> HttpResponse:
    if len(response.content) < SMALLEST or response.has_header("Content-Encoding"):
        return response
    response.content = gzipped(response.content, EFFORT)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    if "ETag" in response:
        # Other bytes of the same answer: what compares bytes must not take them for the same.
        response["ETag"] = f"W/{response['ETag']}"
    return response
