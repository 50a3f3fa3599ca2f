"""What is read of a programme: what its plan runs into, and what somebody looks for in it."""

from sessions_app.queries.found import find_names, find_sessions, find_speakers
from sessions_app.queries.plans import PlanWarning, warnings_among, warnings_of

__all__ = ["PlanWarning", "find_names", "find_sessions", "find_speakers", "warnings_among", "warnings_of"]
