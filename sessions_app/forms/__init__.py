"""Forms of the desk for sessions."""

from sessions_app.forms.move import MoveSessionForm
from sessions_app.forms.quick import QuickSessionForm
from sessions_app.forms.quick_more import QuickRoomForm, QuickSpeakerForm, QuickTrackForm
from sessions_app.forms.session_form import SessionForm

__all__ = [
    "MoveSessionForm",
    "QuickRoomForm",
    "QuickSessionForm",
    "QuickSpeakerForm",
    "QuickTrackForm",
    "SessionForm",
]
