"""Request bodies: JSON, or a form as browsers and PHP send it. What is malformed is 400, what is too large 413."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from events.api import tolerance
from events.errors import Invalid

MOST_BYTES = 1024 * 1024
MOST_FORM_FIELDS = 5_000


class TooLarge(APIException):
    """A body that no request of ours needs."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 1 MB.")


class JsonParser(BaseParser):
    """Strict JSON in UTF-8, an object at the top."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The object that was sent. Raises ParseError for everything that is no JSON object."""
        text = _text_of(stream, media_type)
        try:
            parsed = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is not JSON: %(why)s") % {"why": error}) from error
        if not isinstance(parsed, dict):
            raise ParseError(_("Send a JSON object."))
        return parsed


class UrlencodedParser(BaseParser):
    """A form: name=value pairs; an empty value is null where null is allowed."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        """The form that was sent. Raises ParseError for what is not UTF-8, or has thousands of fields."""
        text = _text_of(stream, media_type)
        if text.count("&") >= MOST_FORM_FIELDS:
            raise ParseError(_("A form has at most 5,000 fields."))
        return tolerance.read_form(QueryDict(text))


class MultipartParser(BaseParser):
    """A form as browsers and PHP's curl send it, in parts; the same fields as in the other kind of form."""

    media_type = "multipart/form-data"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        """The form that was sent. Raises ParseError for what is no such form, or not UTF-8; Invalid for a file."""
        text = _text_of(stream, None).encode()
        request = (parser_context or {})["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type, "CONTENT_LENGTH": len(text)}
        handlers: list[Any] = [MemoryFileUploadHandler(request)]
        try:
            form, files = MultiPartParser(meta, BytesIO(text), handlers, "utf-8").parse()
        except MultiPartParserError as error:
            raise ParseError(_("This is no form in parts: %(why)s") % {"why": error}) from error
        if files:
            raise Invalid(fields={name: [_("Files are not taken here.")] for name in files})
        return tolerance.read_form(form)


def check_size(request: Request, most: int = MOST_BYTES) -> None:
    """Raises TooLarge before anything is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > most:
        raise TooLarge(_("The body is larger than %(n)d MB.") % {"n": most // MOST_BYTES})


def _text_of(stream: Any, media_type: str | None) -> str:
    charset = (media_type or "").lower().partition("charset=")[2].split(";")[0].strip(' "')
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(media_type, _("Send UTF-8."))  # type: ignore[arg-type]
    try:
        return stream.read().decode()
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
