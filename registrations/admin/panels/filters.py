"""Filters of the panels. Each begins with what is asked for most, and says so in the address only when changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import CustomRegistrationField, Source
from registrations.models import (
    Activity,
    CheckIn,
    EventRegistration,
    Order,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.queries.sales import to_look_at
from waitlists.models import WaitlistItem

# What a choice does to the rows; their own words (`.open()`, `.live()`) are known to each filter only.
Narrow = Callable[[Any], Any]
SEATS = SessionRegistration.objects.active().filter(event_registration=OuterRef("pk"))
ENTRIES = CheckIn.objects.standing().filter(event_registration=OuterRef("pk"))
SESSION_ENTRIES = CheckIn.objects.standing().filter(
    event_registration=OuterRef("event_registration"), session=OuterRef("session")
)


class ChoiceFilter(SimpleListFilter):
    """One of a few named choices, the first of which holds until another is taken."""

    parameter_name = "status"
    title: Any = _("Show")
    choices_offered: ClassVar[Mapping[str, tuple[Any, Narrow]]] = {}

    def offered(self) -> Mapping[str, tuple[Any, Narrow]]:
        """The choices: key → (words, what they do to the rows)."""
        return self.choices_offered

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.panel = model_admin
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, words) for key, (words, _narrow) in self.offered().items()]

    @property
    def chosen(self) -> str:
        """The choice in force; an unknown one counts as the first."""
        keys = list(self.offered())
        value = self.value()
        return value if value in keys else keys[0]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for number, (key, words) in enumerate(self.lookup_choices):
            yield {
                "selected": key == self.chosen,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: key if number else None, "p": None}
                ),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        _words, narrow = self.offered()[self.chosen]
        return narrow(queryset)


class EventSeatFilter(ChoiceFilter):
    """Everybody with a seat; the others on request."""

    def offered(self) -> Mapping[str, tuple[Any, Narrow]]:
        confirmed = Q(status=EventRegistration.Status.CONFIRMED)
        past = Q(is_past_capacity=True) | Q(Exists(SEATS.filter(is_past_capacity=True)))
        ends: dict[str, tuple[Any, Narrow]] = {
            "past": (_("Past capacity"), lambda rows: rows.filter(past)),
            "not_in": (_("Not checked in"), lambda rows: rows.filter(confirmed, ~Exists(ENTRIES))),
            "waiting": (_("Waiting for the event"), lambda rows: rows.exclude(confirmed)),
            "all": (_("All"), lambda rows: rows),
        }
        if not self.panel.event.allow_custom_agenda:
            return {"seat": (_("With a seat"), lambda rows: rows.filter(confirmed)), **ends}
        return {
            "seat": (_("With a seat"), lambda rows: rows.filter(Exists(SEATS))),
            "none": (_("No sessions"), lambda rows: rows.filter(confirmed, ~Exists(SEATS))),
            **ends,
        }


def answer_filters(questions: list[CustomRegistrationField]) -> list[type[ChoiceFilter]]:
    """One filter per question that has few possible answers."""
    kinds = {CustomRegistrationField.Kind.YES_NO, CustomRegistrationField.Kind.SINGLE}
    return [_answer_filter(question) for question in questions if question.kind in kinds]


def _answer_filter(question: CustomRegistrationField) -> type[ChoiceFilter]:
    choices: dict[str, tuple[Any, Narrow]] = {"": (_("All"), lambda rows: rows)}
    if question.kind == CustomRegistrationField.Kind.YES_NO:
        choices |= {"yes": (_("Yes"), _answered(question, True)), "no": (_("No"), _answered(question, False))}
    else:
        choices |= {choice: (choice, _answered(question, choice)) for choice in question.choice_list}
    name = f"answer{question.pk}"
    return type(
        name, (ChoiceFilter,), {"parameter_name": name, "title": question.label, "choices_offered": choices}
    )


def _answered(question: CustomRegistrationField, value: object) -> Narrow:
    given = RegistrationResponse.objects.filter(
        event_registration=OuterRef("pk"), field=question, value=value
    )
    return lambda rows: rows.filter(Exists(given))


class SessionSeatFilter(ChoiceFilter):
    """All who hold a seat of the session, or those who are past its capacity, came or did not."""

    choices_offered = {
        "all": (_("All"), lambda rows: rows),
        "past": (_("Past capacity"), lambda rows: rows.filter(is_past_capacity=True)),
        "clash": (_("Clash accepted"), lambda rows: rows.filter(overlap_accepted=True)),
        "staff": (_("Added by staff"), lambda rows: rows.filter(added_by__isnull=False)),
        "not_in": (_("Not checked in"), lambda rows: rows.filter(~Exists(SESSION_ENTRIES))),
        "no_show": (_("No-shows"), lambda rows: rows.filter(no_show_at__isnull=False)),
        "standby": (_("By standby"), lambda rows: rows.filter(source=Source.STANDBY)),
    }


class WaitlistFilter(ChoiceFilter):
    """A filter of who is in line now, or what became of the others."""

    choices_offered = {
        "open": (_("In line"), lambda rows: rows.open()),
        "invited": (_("Invited"), lambda rows: rows.invited()),
        "passed": (_("Passed over"), lambda rows: rows.filter(passed_over_at__isnull=False)),
        "on_hold": (_("On hold"), lambda rows: rows.filter(status=WaitlistItem.Status.ON_HOLD)),
        "closed": (_("No longer in line"), lambda rows: rows.exclude(status__in=WaitlistItem.OPEN)),
        "all": (_("All"), lambda rows: rows),
    }


class SessionStatusFilter(ChoiceFilter):
    """Sessions by what an organizer looks for."""

    choices_offered = {
        "all": (_("All"), lambda rows: rows),
        "live": (_("Live"), lambda rows: rows.live()),
        "not_live": (
            _("Not live"),
            lambda rows: rows.exclude(session_status="live").filter(cancelled_at=None),
        ),
        "capacity_missing": (_("Capacity missing"), lambda rows: rows.capacity_missing()),
        "past": (_("Past capacity"), lambda rows: rows.filter(seats__taken__gt=F("seats__capacity"))),
        "waiting": (_("People waiting"), lambda rows: rows.filter(seats__waiting__gt=0)),
        "cancelled": (_("Cancelled"), lambda rows: rows.filter(cancelled_at__isnull=False)),
    }


class DoorFilter(ChoiceFilter):
    """Entries that stand, or those taken back."""

    choices_offered = {
        "in": (_("Checked in"), lambda rows: rows.filter(undone_at=None)),
        "undone": (_("Undone"), lambda rows: rows.filter(undone_at__isnull=False)),
        "all": (_("All"), lambda rows: rows),
    }


class PassFilter(ChoiceFilter):
    """Passes in force, or given back."""

    choices_offered = {
        "live": (_("In force"), lambda rows: rows.filter(cancelled_at=None)),
        "cancelled": (
            pgettext_lazy("registration", "Cancelled"),
            lambda rows: rows.filter(cancelled_at__isnull=False),
        ),
        "all": (_("All"), lambda rows: rows),
    }


class OrderFilter(ChoiceFilter):
    """Orders by what is to be done about them, or what became of them."""

    choices_offered = {
        "all": (_("All"), lambda rows: rows),
        "look": (_("To look at"), to_look_at),
        "held": (_("Waiting for payment"), lambda rows: rows.held()),
        "owed": (_("Invoice open"), lambda rows: rows.filter(state=Order.State.OWED)),
        "overdue": (
            _("Overdue"),
            lambda rows: rows.filter(state=Order.State.OWED, pay_by__lt=timezone.now()),
        ),
        "paid": (_("Paid"), lambda rows: rows.filter(state=Order.State.PAID)),
        "ended": (
            _("Ended"),
            lambda rows: rows.filter(state__in=[Order.State.EXPIRED, Order.State.CANCELLED]),
        ),
    }


def _with_verbs(*verbs: str) -> Narrow:
    return lambda rows: rows.filter(verb__in=verbs)


class LedgerFilter(ChoiceFilter):
    """Ledger entries by the kind of movement."""

    choices_offered = {
        "all": (_("All"), lambda rows: rows),
        "past": (_("Past capacity"), _with_verbs(Activity.Verb.ADDED_PAST_CAPACITY)),
        "seats": (_("Seats"), lambda rows: rows.exclude(taken_change=0)),
        "staff": (_("By staff"), lambda rows: rows.filter(user__isnull=False)),
        "capacity": (
            _("Capacity"),
            _with_verbs(Activity.Verb.CAPACITY_CHANGED, Activity.Verb.HARD_LIMIT_CHANGED),
        ),
    }
