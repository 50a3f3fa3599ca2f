"""Forms of the desk for events, places and passes."""

from events.forms.event_form import EventForm
from events.forms.located import LocatedForm
from events.forms.pass_form import PassForm, PassFormSet
from events.forms.question_form import QuestionForm

__all__ = ["EventForm", "LocatedForm", "PassForm", "PassFormSet", "QuestionForm"]
