"""Colours that an organizer may choose, made fit to read."""

from __future__ import annotations

import re

TEAL = "#0f766e"
TEAL_ON_DARK = "#5bc7b9"
# The grounds that the accent is read on (static/css/tokens.css): white cards, dark cards.
_LIGHT_CARD, _DARK_CARD = "#ffffff", "#171d1c"
_READABLE = 4.5
# WCAG: at or below this share of light a channel is dark.
_DARK = 0.03928


def accent_pair(chosen: str) -> tuple[str, str]:
    """Return the accent for light and for dark pages: the chosen colour where it can be read, else deep teal.

    On dark pages the colour is lightened until it can be read.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", chosen) or contrast(chosen, _LIGHT_CARD) < _READABLE:
        return TEAL, TEAL_ON_DARK
    for share in range(0, 100, 5):
        lighter = _mix_with_white(chosen, share / 100)
        if contrast(lighter, _DARK_CARD) >= _READABLE + 2:
            return chosen.lower(), lighter
    return TEAL, TEAL_ON_DARK


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if share <= _DARK else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix_with_white(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(channel + (255 - channel) * share):02x}" for channel in _channels(colour))


def darker(colour: str, share: float) -> str:
    """Return the colour with this share of its light."""
    return "#" + "".join(f"{round(channel * share):02x}" for channel in _channels(colour))
