"""Scopes of a token: the client's own, and no others."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import SettingsScopes


class ClientScopes(SettingsScopes):
    """The scopes of each client; a token that asks for none gets them all."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """The scopes this client may ask for."""
        known = super().get_available_scopes(application, request, *args, **kwargs)
        return known if application is None else [name for name in known if name in application.scope_names]

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """The scopes of a token that asks for none in particular."""
        return self.get_available_scopes(application, request)
