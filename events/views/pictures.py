"""A picture by the hash of its bytes: the same to everybody, kept for a year by whoever has it."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from events.models import PictureFile
from events.pictures import MEDIA_TYPES

FOR_EVER = "public, max-age=31536000, immutable"
_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})(?P<small>-small)?\.(?P<extension>jpg|png|webp)")


def _tag(request: HttpRequest, picture: str) -> str | None:
    return f'"{picture}"' if _NAME.fullmatch(picture) else None


@require_safe
@condition(etag_func=_tag)
def picture(request: HttpRequest, picture: str) -> HttpResponse:
    """The picture, or its small one for lists. Reads its bytes and nothing else, and knows nobody."""
    named = _NAME.fullmatch(picture)
    content = _bytes_of(**named.groupdict()) if named else None
    if named is None or content is None:
        raise Http404
    response = HttpResponse(content, content_type=MEDIA_TYPES[named["extension"]])
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    # Opened by itself it is a picture and nothing else, whatever a browser makes of its bytes.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _bytes_of(sha256: str, small: str | None, extension: str) -> bytes | None:
    rows = PictureFile.objects.filter(sha256=sha256, media_type=MEDIA_TYPES[extension])
    content = rows.values_list("small" if small else "content", flat=True).first()
    if small and content is not None and not content:
        # It is small as it is.
        content = rows.values_list("content", flat=True).first()
    return None if content is None else bytes(content)
