"""Parameters, headers and answers that many operations have."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

ANY_TAG = OpenApiExample("whatever it is", value="*", parameter_only=("If-Match", "header"))
A_FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
ONLY_THESE = (
    "Only these, between commas, and `id`: the answer then lacks the others, required in its schema or not."
)
OF_PATH = {
    "id": "The record's id.",
    "rid": "The registrant's id.",
    "sid": "The session's id.",
    "registrant_id": "The registrant's id.",
    "import_id": "The upload's id.",
    "draw_id": "The draw's id.",
    "webhook_id": "The webhook's id.",
}
BUDGET = {
    "X-Rate-Limit-Limit": "Requests that this client may send in a minute.",
    "X-Rate-Limit-Remaining": "How many of them are left.",
    "X-Rate-Limit-Reset": "Seconds until the next minute begins.",
}


def some_of(name: str, words: list[str], description: str) -> OpenApiParameter:
    """A parameter that takes some of these words, between commas."""
    several = {
        "type": "array",
        "items": {"type": "string", "enum": words},
        "minItems": 1,
    }
    return OpenApiParameter(name, several, description=description, style="form", explode=False)
