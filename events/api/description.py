"""The API's description (OpenAPI 3.1) and the pages that show it, without a content delivery network."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request


class Description(SpectacularAPIView):
    """`/api/v1/schema`: anybody may read how the API works.

    It says the same to everybody, and takes seconds to draw up: each process does so once for each form and language.
    """

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer, media_type = self.perform_content_negotiation(request, force=True)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        name = self._get_filename(request, request.version)
        return HttpResponse(
            _written(renderer.media_type, get_language()),
            content_type=f"{media_type}{charset}",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


class Explorer(SpectacularSwaggerSplitView):
    """`/api/v1/docs`: Swagger UI from our own files, clean under a strict content policy."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    url_name = "api_schema"
    title = "Seatwise API"


@lru_cache(maxsize=16)
def _written(form: str, language: str | None) -> str | bytes:
    """The description in that form (a media type) and language."""
    [renderer] = [each for each in Description.renderer_classes if each.media_type == form]
    with override(language):
        drawn = SchemaGenerator().get_schema(request=None, public=True)
    return renderer().render(drawn, renderer_context={})
