"""`POST /oauth2/token`: a token for half an hour; `POST /oauth2/revoke` ends it earlier."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from oauth2_provider.models import get_access_token_model
from oauth2_provider.views import RevokeTokenView, TokenView

from events.errors import Refusal
from events.limits import TEN_MINUTES
from events.refused import whole
from events.signing_in import CLIENT_SECRET, Try

TOKENS_AT_ONCE = 1_000


class _BySecret(View):
    """Client credentials by HTTP Basic or as form fields; anything else is refused as OAuth 2.0 says."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The answer to whoever knows the secret; a wrong one is counted."""
        if _is_unreadable(request):
            return _refused(400, "invalid_request", _("This request cannot be read."))
        try:
            with Try.of(request, CLIENT_SECRET, _client_id(request)).made() as tried:
                response = super().post(request, *args, **kwargs)  # type: ignore[misc]
                if response.status_code != HTTPStatus.UNAUTHORIZED:
                    tried.was_right()
        except Refusal as refusal:
            seconds = TEN_MINUTES if refusal.status == HTTPStatus.TOO_MANY_REQUESTS else 1
            return _refused(refusal.status, refusal.code, str(refusal), retry_after=seconds)
        if response.status_code == HTTPStatus.OK:
            answer = self.granted(response)
        else:
            said = json.loads(response.content)
            words = said.get("error_description") or _WORDS.get(said.get("error", ""), "")
            answer = _refused(response.status_code, said.get("error", "invalid_request"), str(words))
        answer["Cache-Control"] = "no-store"
        if "WWW-Authenticate" in response:
            answer["WWW-Authenticate"] = response["WWW-Authenticate"]
        return answer

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """405, as JSON."""
        answer = _refused(405, "method_not_allowed", _("Tokens are fetched and revoked by POST."))
        answer["Allow"] = "POST"
        return answer

    def granted(self, response: HttpResponse) -> HttpResponse:
        """What is answered where everything was right."""
        return response


class ClientTokenView(_BySecret, TokenView):
    """A token for whoever knows a client's secret."""

    def granted(self, response: HttpResponse) -> HttpResponse:
        """The token, with the words that Swoogo's clients look for beside those of OAuth."""
        said = json.loads(response.content)
        ends = timezone.now() + timedelta(seconds=said["expires_in"])
        return JsonResponse({**said, "type": "bearer", "expires_at": f"{ends:%Y-%m-%d %H:%M:%S}"})


class RevocationView(_BySecret, RevokeTokenView):
    """The end of a token, asked for by the client that has it; 200 also where there is no such token (RFC 7009)."""


def forget_dead_tokens() -> int:
    """Delete tokens that died more than an hour ago; how many. Each client fetches one every half an hour."""
    tokens = get_access_token_model().objects.filter(expires__lt=timezone.now() - timedelta(hours=1))
    dead = list(tokens.order_by("pk").values_list("pk", flat=True)[:TOKENS_AT_ONCE])
    if dead:
        tokens.filter(pk__in=dead).delete()
    return len(dead)


_WORDS = {
    "invalid_client": "The client_id or the client_secret is wrong.",
    "unsupported_grant_type": "Use grant_type=client_credentials.",
    "invalid_scope": "The client may not have this scope.",
}


def _client_id(request: HttpRequest) -> str:
    """Which client the request says it is."""
    named = _decoded(request.headers.get("Authorization", "")).partition(":")[0]
    return named or request.POST.get("client_id", "")


def _is_unreadable(request: HttpRequest) -> bool:
    """True for a text that no column can be asked for."""
    sent = [*request.POST.values(), _decoded(request.headers.get("Authorization", ""))]
    return any("\x00" in each or "%00" in each for each in sent)


def _decoded(header: str) -> str:
    try:
        return base64.b64decode(header.partition(" ")[2]).decode(errors="replace")
    except (ValueError, binascii.Error):
        return ""


def _refused(status: int, code: str, words: str, retry_after: int | None = None) -> JsonResponse:
    body = {"error": code, "error_description": words, "code": code, "detail": words}
    answer = JsonResponse(whole(body), status=status)
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return answer
