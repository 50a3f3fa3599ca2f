"""Permission by scope: what a client may do with its token."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from events.errors import NotPermitted

# The scope of whoever may go past a rule; needed beside that of the method.
OVERRIDE = "override"


class InsufficientScope(NotPermitted):
    """The token lacks a scope that this request needs; `scope` in `data` names it."""

    code = "insufficient_scope"
    default_message = _("The token's scopes do not allow this.")


class HasScopes(BasePermission):
    """The scopes a request needs: read for looking, write for all else, override where capacity is overridden."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True with the scopes; False without a token. Raises InsufficientScope."""
        if request.auth is None:
            return False
        token: Any = request.auth
        granted = token.scope.split()
        for scope in _needed(request, view):
            if scope not in granted:
                words = _("The token needs the scope “%(scope)s” for this.") % {"scope": scope}
                raise InsufficientScope(words, scope=scope)
        return True


def _needed(request: Request, view: Any) -> list[str]:
    needed = [scope_for(str(request.method))]
    return [*needed, OVERRIDE] if view.override_scope(request) else needed


def scope_for(method: str) -> str:
    """The scope that every request with this method needs."""
    return "read" if method in SAFE_METHODS else "write"
