"""How tokens, flags and capacities are described (OpenAPI 3.1): what is sent is not always what is answered."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension

from events.models import MAXIMUM_CAPACITY

ZERO_OR_ONE = {"type": "integer", "enum": [0, 1]}
# How a flag is sent: in JSON also as what it is.
FLAG = {"oneOf": [ZERO_OR_ONE, {"type": "boolean"}]}


class Bearer(OpenApiAuthenticationExtension):
    """How the token is fetched and sent."""

    target_class = "events.api.authentication.BearerAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Client credentials with three scopes."""
        flow = {"tokenUrl": f"{settings.SITE_URL}/oauth2/token", "scopes": settings.OAUTH2_PROVIDER["SCOPES"]}
        return {
            "type": "oauth2",
            "description": "A client fetches a token with its own id and secret; it lives half an hour.",
            "flows": {"clientCredentials": flow},
        }


class SaidFlag(OpenApiSerializerFieldExtension):
    """A flag: 0 or 1 in every answer."""

    target_class = "events.api.serializers.FlagField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """What is sent, or what is answered."""
        return deepcopy(ZERO_OR_ONE if direction == "response" else FLAG)


class SaidCapacity(OpenApiSerializerFieldExtension):
    """A capacity: a number or null in every answer; an empty text, as forms send it, says nothing."""

    target_class = "events.api.serializers.CapacityField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """What is sent, or what is answered."""
        seats = {"type": "integer", "minimum": 0, "maximum": MAXIMUM_CAPACITY}
        return seats if direction == "response" else {"oneOf": [seats, {"type": "string", "enum": [""]}]}
