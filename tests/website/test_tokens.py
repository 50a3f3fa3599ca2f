"""Every pair of text and ground in the token sheet can be read (WCAG AA), in light and in dark."""

import re
from pathlib import Path

import pytest

from events.colours import TEAL, TEAL_ON_DARK, contrast

SHEET = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", SHEET.read_text(encoding="utf-8")
    )
} | {"accent": (TEAL, TEAL_ON_DARK)}
STATUSES = ["free", "few", "full", "waiting", "invited", "clash", "past"]
SCHEMES = pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])


@SCHEMES
@pytest.mark.parametrize("ground", ["paper", "card", "sunken"])
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "focus", *STATUSES])
def test_text_can_be_read_on_every_ground(ink, ground, scheme):
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= 4.5


@SCHEMES
@pytest.mark.parametrize("status", STATUSES)
def test_status_can_be_read_on_its_own_ground(status, scheme):
    assert contrast(TOKENS[status][scheme], TOKENS[f"{status}-soft"][scheme]) >= 4.5


@SCHEMES
def test_controls_have_edges_that_can_be_seen(scheme):
    assert contrast(TOKENS["edge"][scheme], TOKENS["card"][scheme]) >= 3
    assert contrast(TOKENS["on-accent"][scheme], TOKENS["accent"][scheme]) >= 4.5
