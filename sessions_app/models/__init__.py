"""Models of floor 1: sessions, tracks, speakers."""

from sessions_app.models.programme import SessionTrack, Speaker
from sessions_app.models.sessions import Session

__all__ = ["Session", "SessionTrack", "Speaker"]
