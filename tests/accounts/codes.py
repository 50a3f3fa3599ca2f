"""Codes as an authenticator app computes them, so that a test needs no such app."""

from __future__ import annotations

import base64
import hmac
import struct
import time

PERIOD, DIGITS = 30, 6


def totp(secret: str, *, at: float | None = None) -> str:
    """The six digits that an app shows at that time for a secret in base 32 (RFC 6238, SHA-1)."""
    step = int((time.time() if at is None else at) // PERIOD)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), "sha1").digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)
