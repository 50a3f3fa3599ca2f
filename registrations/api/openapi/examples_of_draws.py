"""Examples of draws, of wishes and of what was decided."""

from __future__ import annotations

from typing import Any

_SOURCE = (
    "The randomness of round 35600212 of drand's beacon “quicknet” (64 hexadecimal digits), which appears on "
    "10 January 2027 at 19:00:00 (Europe/Brussels)."
)
_ASKED: dict[str, Any] = {
    "event_id": 67890,
    "name": "Workshops",
    "session_ids": [12345, 12346],
    "opens_at": "2027-01-03T09:00:00Z",
    "closes_at": "2027-01-10T17:00:00Z",
    "most_seats": 2,
    "number_source": _SOURCE,
}
_NUMBER = "7d6f3a1c0b5e4f2a9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a39281706f5e4d3c2"
_HASH = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
_WISHES: list[dict[str, Any]] = [
    {"session_id": 12346, "wait_at_most": None},
    {"session_id": 12345, "wait_at_most": 10},
]
DRAWS: dict[str, Any] = {
    "Draw": {
        "id": 5,
        "secure_id": "0e0b6c52-0e52-4a0c-8a57-7f1b5a3d9c21",
        **_ASKED,
        "state": "frozen",
        "rule": "snake-1",
        "public_number": "",
        "commitment": _HASH,
        "seed": "",
        "tickets": 412,
        "people": 480,
        "wishes": 2210,
        "frozen_at": "2027-01-10T17:00:04Z",
        "drawn_at": None,
        "published_at": None,
        "cancelled_at": None,
        "created_at": "2026-12-20T09:00:00Z",
        "updated_at": "2027-01-10T17:00:04Z",
    },
    "DrawRequest": _ASKED,
    "DrawChangeRequest": {"closes_at": "2027-01-12T17:00:00Z"},
    "PublicNumberRequest": {"public_number": _NUMBER},
    "WishesRequest": {"wishes": _WISHES},
    "Wishes": {
        "draw_id": 5,
        "registrant_id": 501,
        "ticket": "9f8e7d6c5b4a3928",
        "registrant_ids": [501],
        "wishes": [{"rank": rank, **wish} for rank, wish in enumerate(_WISHES, 1)],
    },
    "Decision": {
        "id": 7001,
        "draw_id": 5,
        "ticket": "9f8e7d6c5b4a3928",
        "place": 17,
        "registrant_ids": [501],
        "session_id": 12346,
        "rank": 1,
        "round": 1,
        "verdict": "given",
    },
    "DrawFigures": {
        "example": 1,
        "tickets": 412,
        "people": 480,
        "wishes": 2210,
        "draw": {"with_one_of_two_dearest": 427, "with_nothing": 9, "seats_given": 871, "seats_left": 29},
        "first_come": {
            "with_one_of_two_dearest": 274,
            "with_nothing": 61,
            "seats_given": 880,
            "seats_left": 20,
        },
    },
}
