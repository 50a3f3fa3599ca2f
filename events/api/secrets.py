"""Secrets of API clients: the present one, and for a while the one before it; when each was last used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from events.models import ApiClient


class ClientSecrets(OAuth2Validator):
    """Takes either secret. What is fetched by the one before ends with it."""

    def _authenticate_basic_auth(self, request: Any) -> bool:
        return self._by_either(super()._authenticate_basic_auth, request)

    def _authenticate_request_body(self, request: Any) -> bool:
        return self._by_either(super()._authenticate_request_body, request)

    def _by_either(self, is_right: Callable[[Any], bool], request: Any) -> bool:
        """Ask for the present secret, then for the one before while that is taken."""
        if is_right(request):
            _note(request.client, "secret_used_at")
            return True
        client = request.client
        if not isinstance(client, ApiClient) or not client.is_previous_secret_taken:
            return False
        present, client.client_secret = client.client_secret, client.previous_secret
        try:
            request.is_by_previous_secret = is_right(request)
        finally:
            client.client_secret = present
        if request.is_by_previous_secret:
            _note(client, "previous_secret_used_at")
        return request.is_by_previous_secret

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the token; one that was fetched by the secret before lives no longer than that."""
        if getattr(request, "is_by_previous_secret", False):
            left = int((request.client.previous_secret_ends_at - timezone.now()).total_seconds())
            token["expires_in"] = max(0, min(token["expires_in"], left))
        return super().save_bearer_token(token, request, *args, **kwargs)


def _note(client: ApiClient, column: str) -> None:
    ApiClient.objects.filter(pk=client.pk).update(**{column: timezone.now()})
