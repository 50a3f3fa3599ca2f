"""The description as a whole: whose it is, its parts, the messages it sends, and what many operations say alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from registrations.api.messages import MESSAGES
from registrations.api.openapi.words import TAGS
from registrations.api.told import kind_of
from registrations.models import WebhookEvent
from registrations.models.webhooks import TEST

Json = dict[str, Any]
_METHODS = {"get", "post", "put", "patch", "delete"}
_TAKEN = (
    "Taken. Anything else, or nothing within ten seconds, and the message is sent again, with growing pauses."
)
_GONE = "Nobody listens here any more: the webhook is switched off."
_HEADERS = {
    "webhook-id": "The message's own id, the same at each attempt: whoever gets it twice can tell.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and the signature, as Standard Webhooks say; several between spaces.",
}


def complete(result: Json, **_others: Any) -> Json:
    """The description with what no single operation says."""
    result["info"] |= {
        "license": {"name": "MIT", "identifier": "MIT"},
        "contact": {"name": "The organizers", "url": settings.SITE_URL},
    }
    result["servers"] = [{"url": settings.SITE_URL, "description": "This site."}]
    result["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    result["webhooks"] = {name: _webhook(name, words) for name, words in _told()}
    _say_once(result)
    return result


# Messages


def _told() -> list[tuple[str, str]]:
    return [*((name, str(words)) for name, words in WebhookEvent.choices), (TEST, "Test message")]


def _webhook(name: str, words: str) -> Json:
    """What a receiver is sent, and what it may answer."""
    kind = MESSAGES.get(kind_of(name))
    shape = "TestMessage" if kind is None else kind.__name__
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    headers = [
        {"in": "header", "name": header, "required": True, "schema": {"type": "string"}, "description": said}
        for header, said in _HEADERS.items()
    ]
    operation = {
        "operationId": f"told_{name.replace('.', '_')}",
        "summary": words,
        "description": f"Sent to each webhook that is told of `{name}`, as it happens.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": headers,
        "requestBody": {"required": True, "content": content},
        "responses": {"2XX": {"description": _TAKEN}, "410": {"description": _GONE}},
    }
    return {"post": operation}


# What many say alike


def _say_once(result: Json) -> None:
    """Refusals that several operations give in the same words, and headers, stand among the components."""
    operations = [
        operation
        for methods in result["paths"].values()
        for method, operation in methods.items()
        if method in _METHODS
    ]
    result["components"]["headers"] = dict(_headers_taken_out(operations))
    result["components"]["responses"] = dict(_refusals_taken_out(operations))


def _headers_taken_out(operations: list[Json]) -> Iterator[tuple[str, Json]]:
    for operation in operations:
        for answer in operation["responses"].values():
            for name, header in answer.get("headers", {}).items():
                yield name, header
                answer["headers"][name] = {"$ref": f"#/components/headers/{name}"}


def _refusals_taken_out(operations: list[Json]) -> Iterator[tuple[str, Json]]:
    """Each answer that is given alike more than once, by its status and its place among those of that status."""
    times = Counter(_key(status, said) for each in operations for status, said in each["responses"].items())
    names: dict[str, str] = {}
    count: Counter[str] = Counter()
    for operation in operations:
        for status, answer in operation["responses"].items():
            key = _key(status, answer)
            if status[0] not in "345" or times[key] == 1:
                continue
            if key not in names:
                count[status] += 1
                names[key] = f"Answer{status}" + (f"_{count[status]}" if count[status] > 1 else "")
                yield names[key], answer
            operation["responses"][status] = {"$ref": f"#/components/responses/{names[key]}"}


def _key(status: str, answer: Json) -> str:
    return status + json.dumps(answer, sort_keys=True)
