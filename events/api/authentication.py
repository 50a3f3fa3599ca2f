"""Authentication of another system by the token it was given."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registrations import sql


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`: `request.auth` is the token, `request.auth.application` the client.

    Tokens in the query or in the body are not looked at: they would end up in logs.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The token, while it lives; None where there is no such header. Raises AuthenticationFailed."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words[1:]) != 1:
            raise AuthenticationFailed(_("Send one token: “Authorization: Bearer …”."))
        token = sql.token_with(hashlib.sha256(words[1]).hexdigest())
        if token is None:
            raise AuthenticationFailed(_("This token is not known. Fetch one at /oauth2/token."))
        if token.is_expired():
            raise AuthenticationFailed(_("This token has expired. Fetch another at /oauth2/token."))
        # A scope that was taken from the client is gone at once, not when the token dies.
        token.scope = " ".join(set(token.scope.split()) & set(token.application.scope_names))
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to ask."""
        return 'Bearer realm="api"'
