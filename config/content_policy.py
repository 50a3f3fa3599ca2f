"""The Content-Security-Policy of every answer: put together once, where a view says nothing of its own about it."""

from __future__ import annotations

import secrets
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class ContentPolicy(CSPMiddleware):
    """The library's middleware, which would put the same words together for each answer anew."""

    # Stands in the kept policy for the request's own nonce.
    _MARK = secrets.token_hex(16)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer with its policy."""
        says_its_own = any(name.startswith("_csp_") for name in vars(response)) or response.has_header(HEADER)
        if says_its_own or not self._is_for_all:
            return super().process_response(request, response)
        if nonce := getattr(request, "_csp_nonce", None):
            response.headers[HEADER] = self._with_nonce.replace(self._MARK, nonce)
        else:
            response.headers[HEADER] = self._without_nonce
            # A nonce that is asked for from now on would stand in no header: the library says so.
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response

    @cached_property
    def _is_for_all(self) -> bool:
        """Whether there is one policy, for every address."""
        policy = settings.CONTENT_SECURITY_POLICY
        only_reported = getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
        return bool(policy) and not policy.get("EXCLUDE_URL_PREFIXES") and not only_reported

    @cached_property
    def _with_nonce(self) -> str:
        return build_policy(nonce=self._MARK)

    @cached_property
    def _without_nonce(self) -> str:
        return build_policy()
