"""The envelope of lists, as the description shows it."""

from __future__ import annotations

import re
from typing import Any

from events.api.lists import Pages


class Envelope(Pages):
    """The envelope of lists with an example, in which deleted rows may stand beside the others."""

    def __init__(self, path: str, tombstone: dict[str, Any] | None) -> None:
        self._path, self._tombstone = path, tombstone

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """The envelope; `schema` is what the generator wants to find again where the items stand."""
        if self._tombstone and isinstance(schema, dict):
            schema = {**schema, "items": {"anyOf": [schema["items"], self._tombstone]}}
        envelope = super().get_paginated_response_schema(schema)
        path = re.sub(r"\{\w+\}", "12", self._path)
        links = envelope["properties"]["_links"]["properties"]
        for page, name in ((1, "self"), (1, "first"), (1, "prev"), (2, "next"), (2, "last")):
            href = {
                **links[name]["properties"]["href"],
                "example": f"https://events.example.org{path}?page={page}",
            }
            links[name] = {**links[name], "properties": {"href": href}}
        meta = envelope["properties"]["_meta"]["properties"]
        for name, number in (("totalCount", 21), ("pageCount", 2), ("currentPage", 1), ("perPage", 20)):
            meta[name] = {**meta[name], "example": number}
        return envelope
