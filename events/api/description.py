"""The API's description (OpenAPI 3.1) and the pages that show it, without a content delivery network."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


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
