"""Forms of the desk for events, places and passes."""

from events.forms.event_form import EventForm
from events.forms.located import LocatedForm
from events.forms.pass_form import PassForm

__all__ = ["EventForm", "LocatedForm", "PassForm"]
