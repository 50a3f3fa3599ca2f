"""The organizer's desk: sessions, tracks, speakers."""

from sessions_app.admin.programme import SessionTrackAdmin, SpeakerAdmin
from sessions_app.admin.sessions import SessionAdmin

__all__ = ["SessionAdmin", "SessionTrackAdmin", "SpeakerAdmin"]
