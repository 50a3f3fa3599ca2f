"""The ways in which the desk's stories are lived through: three in the usual run, each width both ways by a command.

`EVERY_WAY=1 uv run pytest --only sqlite tests/journeys tests/overview/test_tab.py`: 1440, 768 and 375 px, each with and
without JavaScript.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

WIDE, TABLET, PHONE = 1440, 768, 375
USUAL: list[dict[str, Any]] = [
    {"width": WIDE},
    {"width": TABLET, "dark": True},
    {"width": PHONE, "javascript": False},
]
MORE: list[dict[str, Any]] = [
    {"width": WIDE, "javascript": False},
    {"width": TABLET, "javascript": False},
    {"width": PHONE},
]


def _name(way: dict[str, Any]) -> str:
    where = {WIDE: "wide", TABLET: "tablet", PHONE: "phone"}[way["width"]]
    return where if way.get("javascript", True) else f"{where}-without-javascript"


CHOSEN = USUAL + MORE if os.environ.get("EVERY_WAY") == "1" else USUAL
WAYS = [pytest.param(way, id=_name(way)) for way in CHOSEN]
