"""Whether an answer is what the description says, to the letter: all that is required, and nothing unnamed."""

from __future__ import annotations

import json
import re
from functools import cache
from io import StringIO
from typing import Any

import jsonschema
from django.core.management import call_command
from referencing import Registry
from referencing.jsonschema import DRAFT202012

METHODS = ("get", "post", "put", "patch", "delete")
HERE = "urn:seatwise"
Json = dict[str, Any]


@cache
def description(*, validate: bool = False) -> Json:
    """What `manage.py spectacular` writes; warnings and errors fail.

    To validate it takes most of the time, and every process of a run reads it: one test has it validated.
    """
    written = StringIO()
    # JSON, since its YAML takes six seconds to read.
    json_please = {"format": "openapi-json"}
    call_command("spectacular", validate=validate, fail_on_warn=True, stdout=written, **json_please)
    return dict(json.loads(written.getvalue()))


def resolved(node: Json) -> Json:
    """What stands there, be it among the components."""
    return component(node["$ref"]) if "$ref" in node else node


def component(reference: str) -> Json:
    """What the reference leads to."""
    found = description()
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def wrong_in(value: Any, schema: Json, *, strict: bool = False) -> str:
    """The first thing wrong with the value; empty when it agrees. Where it is strict, unnamed fields are wrong too."""
    checker = jsonschema.FormatChecker(formats=["date", "email", "uuid"])
    validator = jsonschema.Draft202012Validator(
        _closed(schema, strict=strict), format_checker=checker, registry=_registry(strict)
    )
    error = next(validator.iter_errors(value), None)
    if error is None:
        return ""
    deepest = jsonschema.exceptions.best_match([error])
    return f"{deepest.json_path}: {deepest.message[:300]}"


@cache
def _registry(strict: bool) -> Registry[Any]:
    components = _closed(description()["components"], strict=strict)
    resource = DRAFT202012.create_resource({"components": components})
    return Registry().with_resource(HERE, resource)


def _closed(node: Any, *, strict: bool) -> Any:
    """The same with references that lead into the description."""
    if isinstance(node, list):
        return [_closed(each, strict=strict) for each in node]
    if not isinstance(node, dict):
        return node
    said = {key: _closed(each, strict=strict) for key, each in node.items()}
    if isinstance(said.get("$ref"), str):
        said["$ref"] = said["$ref"].replace("#/", f"{HERE}#/")
    is_record = isinstance(said.get("properties"), dict) and "type" in said
    if strict and is_record:
        said.setdefault("additionalProperties", False)
    return said


@cache
def _places() -> list[tuple[str, re.Pattern[str], Json]]:
    """Every operation with its path as a pattern, those without ids first."""
    found = [
        (method, re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)), operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    return sorted(found, key=lambda place: "[^/]+" in place[1].pattern)


def operation_at(method: str, path: str) -> Json | None:
    """The operation that answers this method at this path below the site; None where the description has none."""
    path = path.partition("?")[0]
    return next((op for verb, where, op in _places() if verb == method and where.fullmatch(path)), None)


def disagreement(method: str, path: str, answer: Any) -> str:
    """What the answer says that its description does not, or the other way round; empty when they agree."""
    operation = operation_at(method, path)
    if operation is None:
        return f"{method} {path} is not described"
    described = operation["responses"].get(str(answer.status_code))
    if described is None:
        return f"{operation['operationId']}: {answer.status_code} is not described"
    content = resolved(described).get("content")
    if content is None:
        return "" if not answer.content else f"{operation['operationId']}: {answer.status_code} has a body"
    if answer["Content-Type"] in content and "application/json" not in content:
        return ""
    said = wrong_in(answer.json(), content["application/json"]["schema"], strict=True)
    return said and f"{operation['operationId']} {answer.status_code}: {said}"
