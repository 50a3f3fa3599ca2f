"""A refusal as other systems read it: what every one of them says, whichever door answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings

from events import tracing

CATALOGUE = "/api/v1/errors"


def whole(body: dict[str, Any]) -> dict[str, Any]:
    """The refusal's `code` and `detail` with what is the same for all of them.

    `message` is the word for `detail` that other systems look for; `request_id` finds the request in our log;
    `documentation_url` is the page that says what the code means and what to do.
    """
    return {
        **body,
        "message": body.get("message", body["detail"]),
        "request_id": tracing.number(),
        "documentation_url": f"{settings.SITE_URL}{CATALOGUE}/{body['code']}",
    }


def say_whole(response: Any) -> None:
    """Let a refusal that is not written out yet say what every one of them says; other answers stay as they are."""
    data: Any = getattr(response, "data", None)
    if not isinstance(data, dict) or "detail" not in data or response.is_rendered:
        return
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        data.update(whole(data))
