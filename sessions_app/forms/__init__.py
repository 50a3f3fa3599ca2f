"""Forms of the desk for sessions."""

from sessions_app.forms.quick import QuickSessionForm
from sessions_app.forms.session_form import SessionForm

__all__ = ["QuickSessionForm", "SessionForm"]
