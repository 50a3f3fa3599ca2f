"""One example of each record and each body, by the name of its component."""

from __future__ import annotations

from typing import Any

_LINE = {"session_id": 12345, "outcome": "registered", "detail": "You have a seat"}
_REGISTRANT: dict[str, Any] = {
    "id": 501,
    "secure_id": "5b3f6ac2-6d2e-4e5e-9d5e-0a7f4f4f2a11",
    "event_id": 67890,
    "contact_id": 77,
    "email": "bob@example.org",
    "first_name": "Bob",
    "last_name": "Baker",
    "registration_status": "confirmed",
    "pass_id": None,
    "session_ids": [12345],
    "waitlisted_session_ids": [],
    "position": None,
    "custom_fields": {"c_1001": "Vegetarian"},
    "past_capacity": False,
    "reason": "",
    "source": "api",
    "registered_at": "2026-11-20T09:00:00Z",
    "cancelled_at": None,
    "updated_at": "2026-11-20T09:00:00Z",
    "lines": [_LINE],
}
_CHECK_IN: dict[str, Any] = {
    "id": 88,
    "registrant_id": 501,
    "secure_id": "5b3f6ac2-6d2e-4e5e-9d5e-0a7f4f4f2a11",
    "event_id": 67890,
    "session_id": 12345,
    "checked_in_at": "2026-11-20T09:00:00Z",
    "override": False,
    "reason": "",
    "undone_at": None,
}
_WEBHOOK: dict[str, Any] = {
    "id": 3,
    "url": "https://crm.example.org/hooks/seatwise",
    "events": ["session_registration.created", "session_registration.cancelled"],
    "event_id": None,
    "active": True,
    "created_at": "2026-11-20T09:00:00Z",
    "failing_since": None,
    "switched_off_at": None,
    "switched_off_reason": "",
}
_TRACK = {"event_id": 67890, "name": "Harbour", "colour": "#0f766e", "description": "", "position": 1}
_SPEAKER = {"event_id": 67890, "name": "Ada Moore", "biography": "Builds **locks**."}

RECORDS: dict[str, Any] = {
    "Registrant": _REGISTRANT,
    "RegistrantOrRehearsal": _REGISTRANT,
    "RegistrantRequest": {
        "event_id": 67890,
        "email": "bob@example.org",
        "first_name": "Bob",
        "last_name": "Baker",
        "session_ids": [12345],
    },
    "RegistrantChange": {"last_name": "Baker-Moore"},
    "SeatAnswer": {"success": True, "line": _LINE},
    "AgendaRequest": {"add": [12346], "drop": [12345], "mode": "all_or_nothing"},
    "AgendaAnswer": {
        "applied": True,
        "lines": [{**_LINE, "session_id": 12346}, {**_LINE, "outcome": "dropped", "detail": "Given up"}],
    },
    "WaitlistItem": {
        "id": 31,
        "event_id": 67890,
        "session_id": 12345,
        "registrant_id": 501,
        "email": "bob@example.org",
        "first_name": "Bob",
        "last_name": "Baker",
        "status": "waiting",
        "position": 4,
        "joined_at": "2026-11-20T09:00:00Z",
        "automatically_register": True,
        "when_clashing": "ask",
        "invitation_expires_at": None,
        "passed_over_reason": "",
        "closed_at": None,
    },
    "JoinRequest": {"session_id": 12345, "registrant_id": 501},
    "InvitationRequest": {"send_email": 1},
    "OverrideRequest": {"override_capacity_errors": 1, "reason": "Speaker's guest"},
    "CheckIn": _CHECK_IN,
    "CheckInAnswer": {"outcome": "admitted", **_CHECK_IN},
    "CheckInRequest": {"registrant_id": 501, "session_id": 12345, "nonce": "door-3-000017"},
    "Webhook": _WEBHOOK,
    "NewWebhook": {**_WEBHOOK, "secret": "whsec_bm90LWEtc2VjcmV0LW5vdC1hLXNlY3JldC1ub3QtYS0="},
    "WebhookRequest": {
        "url": "https://crm.example.org/hooks/seatwise",
        "events": ["session_registration.created", "session_registration.cancelled"],
    },
    "WebhookDelivery": {
        "id": 904,
        "webhook_id": 3,
        "message_id": "0d8a3f0e-6f7c-4d0e-8f43-6f0f8f2f5a10",
        "type": "session_registration.created",
        "event_id": 67890,
        "payload": {
            "type": "session_registration.created",
            "timestamp": "2026-11-20T09:00:00Z",
            "data": {"id": 9001, "event_id": 67890, "session_id": 12345, "registrant_id": 501},
        },
        "attempts": 1,
        "created_at": "2026-11-20T09:00:02Z",
        "due_at": "2026-11-20T09:00:02Z",
        "delivered_at": "2026-11-20T09:00:02Z",
        "given_up_at": None,
        "last_status": 204,
        "last_error": "",
    },
    "Track": {"id": 5678, **_TRACK},
    "TrackRequest": _TRACK,
    "Speaker": {"id": 61, **_SPEAKER},
    "SpeakerRequest": _SPEAKER,
}
