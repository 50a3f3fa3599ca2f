"""The ways in which stories are lived through: some in the usual run, each width both ways by a command.

Those of the desk:

`EVERY_WAY=1 uv run pytest --only sqlite tests/journeys tests/overview/test_tab.py`: 1440, 768 and 375 px, each with and
without JavaScript. `EVERY_WAY=1 uv run pytest --only sqlite -m browser tests/website tests/languages`: those of
visitors, at 320 and 1440 px.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

WIDE, TABLET, PHONE, SMALL = 1440, 768, 375, 320
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
    where = {WIDE: "wide", TABLET: "tablet", PHONE: "phone", SMALL: "small"}[way["width"]]
    return where if way.get("javascript", True) else f"{where}-without-javascript"


IS_EVERY_WAY = os.environ.get("EVERY_WAY") == "1"
CHOSEN = USUAL + MORE if IS_EVERY_WAY else USUAL
WAYS = [pytest.param(way, id=_name(way)) for way in CHOSEN]
_OF_VISITORS: list[dict[str, Any]] = [{"width": SMALL, "javascript": False}, {"width": WIDE, "dark": True}]
_MORE_OF_VISITORS: list[dict[str, Any]] = [{"width": SMALL}, {"width": WIDE, "javascript": False}]
VISITOR_WAYS = [
    pytest.param(way, id=_name(way)) for way in _OF_VISITORS + (_MORE_OF_VISITORS if IS_EVERY_WAY else [])
]
# For what needs scripts by its nature.
SCRIPTED_WAYS = [
    pytest.param(way, id=_name(way))
    for way in ({"width": SMALL}, {"width": WIDE})
    if IS_EVERY_WAY or way["width"] == SMALL
]
