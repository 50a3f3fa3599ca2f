"""The forms of one registration, or of several together: read from what was typed, and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from events.errors import Refusal
from events.models import Event, Pass
from registrations.actions import draft_token, new_draft_token
from registrations.forms import RegistrationForm, filled
from registrations.rules.groups import Member
from registrations.rules.results import Line
from registrations.website.companions import (
    CompanionForm,
    TogetherForm,
    complain_of_addresses_named_twice,
    numbers_in,
)
from registrations.website.confirming import proved_address
from registrations.website.order_page import allow_forms_to_provider
from registrations.website.orders.purchase import Purchase, purchase_of
from registrations.website.own_parts import own_parts
from registrations.website.pass_form import PassForm
from registrations.website.refusals import private
from registrations.website.seats import seats_for
from registrations.website.shown_programme import attach_questions
from registrations.website.skeletons import framed
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor


@dataclass
class Asked:
    """The forms of one registration, and the token by which the same form posted twice is known."""

    form: RegistrationForm
    passes: PassForm | None
    key: str
    # Of those whom the visitor registers besides.
    companions: list[CompanionForm] = field(default_factory=list)
    together: TogetherForm | None = None
    # The passes to choose from, and what is ordered where some have a price.
    offered: list[Pass] = field(default_factory=list)
    purchase: Purchase | None = None
    # True where somebody was just removed: the focus goes to the button that adds.
    is_focused: bool = False

    def is_valid(self) -> bool:
        """True when every form is valid; all are asked, so that every error is shown at once."""
        valid = [one.is_valid() for one in self._all]
        if all(one.is_bound for one in self.people):
            complain_of_addresses_named_twice(self.people)
        return all(valid) and not any(one.errors for one in self.people)

    @property
    def is_order(self) -> bool:
        """True where the form places an order."""
        return self.purchase is not None and self.purchase.is_order

    @property
    def is_waiting(self) -> bool:
        """True where the visitor chose a pass that is sold out, to wait for it."""
        return self.purchase is not None and self.purchase.is_waiting

    @property
    def people(self) -> list[RegistrationForm | CompanionForm]:
        """Everybody's form, the visitor's first."""
        return [self.form, *self.companions]

    @property
    def _all(self) -> list[Any]:
        bought = [*self.purchase.persons, self.purchase.billing] if self.purchase else []
        # What the form did not show yet is not judged.
        bought = [one for one in bought if one is not None and one.is_bound]
        return [*self.people, *(one for one in (self.passes, self.together) if one is not None), *bought]

    @property
    def has_mistakes(self) -> bool:
        """True when the forms were filled in, and not rightly."""
        return self.form.is_bound and not self.is_valid()

    @property
    def event_pass(self) -> Pass | None:
        """The pass chosen."""
        return self.passes.cleaned_data["event_pass"] if self.passes else None

    def members(self, visitor: Visitor) -> list[Member]:
        """Everybody with their sessions, the visitor first."""
        return [Member(self.form.attendee, visitor.chosen), *(one.member for one in self.companions)]

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal with the person it is about."""
        number = refusal.data.get("person", 0)
        self.people[number if number < len(self.people) else 0].add_refusal(refusal)


def most_people(visitor: Visitor) -> int:
    """How many one form may register: with wishes for a draw only the visitor, since each address is confirmed."""
    return 1 if visitor.drafted_wishes else visitor.event.most_people_at_once


def ask(request: HttpRequest, visitor: Visitor, data: QueryDict | None) -> Asked:
    """The forms, with what was typed into them; judged unless only a person was added or removed."""
    event = visitor.event
    attach_questions(event)
    judged = None if data and data.get("unjudged") else data
    typed = data if judged is None else None
    key = (
        draft_token(visitor.draft)
        if visitor.draft
        else (data.get("key") if data else "") or new_draft_token()
    )
    companions = _companions(visitor, data, judged, typed)
    passes = _pass_form(event, judged, typed)
    offered = list(passes.choice.queryset or []) if passes else []
    mine = (data or request.GET).get("event_pass" if data else "pass", "")
    if passes and not data:
        passes.initial["event_pass"] = mine
    numbers = [one.number for one in companions]
    purchase = purchase_of(event, offered, numbers, judged, typed, mine, visitor.at)
    # Whoever orders holds everybody's seats at once: nobody waits for the others.
    together = _together(visitor, judged, typed) if companions and purchase is None else None
    own = filled(_own_form(visitor, judged), typed)
    if shows_address(visitor):
        own.initial.pop("email", None)
        own.keep_address(proved_address(request, event))
    return Asked(
        own,
        passes,
        key,
        companions,
        together,
        offered,
        purchase,
        is_focused=typed is not None and not typed.get("new"),
    )


def _companions(
    visitor: Visitor, data: QueryDict | None, judged: QueryDict | None, typed: QueryDict | None
) -> list[CompanionForm]:
    sessions = visitor.chosen if visitor.event.allow_custom_agenda else []
    companions = []
    for number in numbers_in(data, most_people(visitor)):
        each = CompanionForm(judged, event=visitor.event, number=number, sessions=sessions)
        companions.append(each)
        if typed is not None and typed.get("new") == str(number):
            each.fields["first_name"].widget.attrs["autofocus"] = True
        else:
            filled(each, typed)
    return companions


def _together(visitor: Visitor, judged: QueryDict | None, typed: QueryDict | None) -> TogetherForm:
    sessions = visitor.chosen if visitor.event.allow_custom_agenda else []
    together = TogetherForm(judged, event=visitor.event, sessions=sessions)
    is_typed = typed and any(name in typed for name in together.fields)
    return filled(together, typed) if is_typed else together


def _own_form(visitor: Visitor, data: QueryDict | None) -> RegistrationForm:
    may_wait, may_choose = asked_of_waiting(visitor)
    return RegistrationForm(data, event=visitor.event, may_wait=may_wait, may_choose=may_choose)


def asked_of_waiting(visitor: Visitor) -> tuple[bool, bool]:
    """Whether the visitor is asked if they want to wait, and whether they choose how they are registered then."""
    event = visitor.event
    targets: Iterable[Any] = visitor.chosen if event.allow_custom_agenda else [event]
    waits = [target for target in targets if target.waitlist_enabled]
    chooses = any(not each.auto_register_waitlisted and each.contacts_choose_auto_register for each in waits)
    return bool(waits), chooses


def asks_for_pass(event: Event) -> bool:
    """Whether a pass is chosen in the form, where the event has some."""
    return event.passes_with_agenda or not event.allow_custom_agenda


def shows_address(visitor: Visitor) -> bool:
    """Whether the form says the visitor's address, confirmed before, and asks for none."""
    return bool(visitor.drafted_wishes) or not visitor.event.allow_anonymous_registration


def _pass_form(event: Event, judged: QueryDict | None, typed: QueryDict | None) -> PassForm | None:
    if not asks_for_pass(event) or not event.passes.offered().exists():
        return None
    return filled(PassForm(judged, event=event), typed)


def show(
    request: HttpRequest,
    visitor: Visitor,
    asked: Asked,
    *,
    status: int = 200,
    lines: Iterable[Line] = (),
    refused: Sequence[Any] = (),
) -> HttpResponse:
    """The page with the forms, and what stood in the way: the visitor's own `lines`, or what of each person."""
    event, summary = visitor.event, summary_of(visitor)
    context = {
        **said_of(visitor, asked),
        "visitor": visitor,
        "summary": summary,
        "refused": refused,
        "lines": [(line, seats_for(visitor, _of(event, line))) for line in lines],
        "wishes": visitor.drafted_wishes,
        "here": request.path,
    }
    parts = own_parts(visitor, known=summary)
    response = framed(request, event, "finish.html", context, parts, status=status)
    allow_forms_to_provider(response, event, asked.purchase)
    return private(response)


def said_of(visitor: Visitor, asked: Asked) -> dict[str, Any]:
    """What the page says of the forms."""
    return {
        "event": visitor.event,
        "form": asked.form,
        "passes": asked.passes,
        "offered": asked.offered,
        "purchase": asked.purchase,
        "key": asked.key,
        "companions": _with_passes(asked),
        "together": asked.together,
        "number": len(asked.people),
        "has_mistakes": any(one.errors for one in asked.companions),
        "may_add": len(asked.people) < most_people(visitor),
        "is_focused": asked.is_focused,
    }


def _with_passes(asked: Asked) -> list[CompanionForm]:
    """Each further person's form, with that of their own pass where passes are sold."""
    for one, their_pass in zip(
        asked.companions, asked.purchase.persons if asked.purchase else (), strict=False
    ):
        one.pass_form = their_pass  # type: ignore[attr-defined]
    return asked.companions


def _of(event: Event, line: Line) -> list[Any]:
    for session in line.alternatives:
        session.event = event
    return line.alternatives
