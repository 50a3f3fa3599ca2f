"""The feed as other systems see it: its shape, and the text that stands for a place in it."""

from __future__ import annotations

import base64
import binascii
import re

from django.utils.translation import gettext as _
from rest_framework import serializers

from events.errors import Invalid
from registrations.api.messages import ChangeField

MOST, USUAL = 500, 100
_CURSOR = re.compile(r"feed:(0|[1-9][0-9]{0,17})")


class FeedSerializer(serializers.Serializer):
    """One page of the feed."""

    items = serializers.ListField(child=ChangeField())
    next = serializers.CharField(help_text="Give this as `after` for what comes next, now or tomorrow.")
    more = serializers.BooleanField(help_text="True where the next page is not empty by now.")


def cursor_of(position: int) -> str:
    """Return the text that stands for a place in the feed; nobody needs to know what it says."""
    return base64.urlsafe_b64encode(f"feed:{position}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """Return the place in the feed that the text stands for. Raises Invalid, which says what to do."""
    try:
        said = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        found = _CURSOR.fullmatch(said)
    except (ValueError, binascii.Error):
        found = None
    if found is None:
        words = _(
            "This is no cursor. Give what the last page says as `next`; "
            "leave `after` out to begin with the first change."
        )
        raise Invalid(fields={"after": [words]})
    return int(found[1])
