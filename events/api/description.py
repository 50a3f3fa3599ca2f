"""The API's description (OpenAPI 3) and the pages that show it, without a content delivery network."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Bearer(OpenApiAuthenticationExtension):
    """How the token is fetched and sent."""

    target_class = "events.api.authentication.BearerAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Client credentials with three scopes."""
        flow = {"tokenUrl": "/oauth2/token", "scopes": settings.OAUTH2_PROVIDER["SCOPES"]}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class Description(SpectacularAPIView):
    """`/api/v1/schema`: anybody may read how the API works."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []


class Explorer(SpectacularSwaggerSplitView):
    """`/api/v1/docs`: Swagger UI from our own files, clean under a strict content policy."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    url_name = "api_schema"
    title = "Seatwise API"
