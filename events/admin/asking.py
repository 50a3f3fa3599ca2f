"""The page before a form is saved: whom it concerns. Nothing is saved until somebody has seen it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin import words
from events.admin.verbs import ConfirmForm, Consequence, Frame, TellForm, change_url, page
from events.errors import Refusal
from registrations.actions import CapacityPreview, preview_capacity
from waitlists.models import WaitlistItem

CONFIRMED = "_confirmed"
EDIT_AGAIN = "_edit_again"
NAMES_SHOWN = 10
# What the confirm page sends by itself.
OWN_KEYS = {"csrfmiddlewaretoken", CONFIRMED, EDIT_AGAIN, "notify"}


class NotSavedYet(Refusal):
    """Somebody saw the consequences and went back to the form."""

    code = "not_saved_yet"
    default_message = gettext_lazy("Nothing is saved yet. Change what you like, then save.")


@dataclass(frozen=True)
class Question:
    """A question before saving: what it would do to people, and the button that does it all the same."""

    consequences: Sequence[Consequence]
    button: str
    # Whether those registered may be told of it.
    tells: bool = False


class AsksBeforeSaving(admin.ModelAdmin):
    """A ModelAdmin that shows first what saving would do to people: here, what another capacity does."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's, with a page in between where people are concerned."""
        if request.method == "POST" and CONFIRMED not in request.POST:
            if EDIT_AGAIN in request.POST:
                request.seatwise_refusal = NotSavedYet()  # type: ignore[attr-defined]
            else:
                page = (
                    self._page_before_saving(request, object_id)
                    if object_id
                    else self._page_before_adding(request)
                )
                if page is not None:
                    return page
        return super().changeform_view(request, object_id, form_url, extra_context)

    def is_told(self, request: HttpRequest) -> bool:
        """True unless whoever confirmed decided to tell nobody."""
        return CONFIRMED not in request.POST or "notify" in request.POST

    def question_before_saving(self, request: HttpRequest, before: Any, form: Any) -> Question | None:
        """What to ask before this valid form is saved over `before`; None where nobody is concerned."""
        previewed = list(capacity_consequences(before, form))
        if not previewed:
            return None
        capacity = form.cleaned_data["capacity"]
        number = _("no limit") if capacity is None else capacity
        return Question(previewed, _("Set the capacity to %(n)s") % {"n": number})

    def question_before_adding(self, request: HttpRequest, form: Any) -> Question | None:
        """What to ask before this valid form adds something; None where nobody is concerned."""
        return None

    def _page_before_adding(self, request: HttpRequest) -> HttpResponse | None:
        if not self.has_add_permission(request):
            return None
        form: Any = self.get_form(request)(request.POST, request.FILES)
        question = self.question_before_adding(request, form) if form.is_valid() else None
        return self._ask(request, None, question) if question else None

    def _page_before_saving(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        changed: Any = self.get_object(request, unquote(object_id))
        if changed is None or not self.has_change_permission(request, changed):
            return None
        before = self.get_object(request, unquote(object_id))
        form: Any = self.get_form(request, changed, change=True)(
            request.POST, request.FILES, instance=changed
        )
        if not form.is_valid() or not self._are_lines_valid(request, form):
            return None
        question = self.question_before_saving(request, before, form)
        return self._ask(request, before, question) if question else None

    def _are_lines_valid(self, request: HttpRequest, form: Any) -> bool:
        """What is wrong in the form's lines is said before anything is asked."""
        formsets, _inlines = self._create_formsets(request, form.instance, change=True)  # type: ignore[attr-defined]
        return all_valid(formsets)

    def _ask(self, request: HttpRequest, before: Any, question: Question) -> HttpResponse:
        typed = [
            (name, value) for name, values in request.POST.lists() if name not in OWN_KEYS for value in values
        ]
        # A page cannot send a file on that somebody chose on another.
        files = [str(file) for file in request.FILES.values() if file]
        lost = _("“%(name)s” cannot be kept over this page. Choose it again once this is saved.")
        return page(
            request,
            self._frame_before_saving(before, typed if question.tells else [*typed, ("notify", "1")]),
            "confirm",
            question=question,
            files=files,
            notes=[lost % {"name": name} for name in files],
            consequences=question.consequences,
            form=TellOfMoveForm() if question.tells else ConfirmForm(),
            deed=question.button,
            deed_name=CONFIRMED,
            back_name=EDIT_AGAIN,
        )

    def _frame_before_saving(self, before: Any, carried: list[tuple[str, Any]]) -> Frame:
        options = self.opts
        rows = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        trail: list[tuple[Any, str]] = [(capfirst(str(options.verbose_name_plural)), rows)]
        back = change_url(before) if before is not None else rows
        trail += [(before, back)] if before is not None else []
        return Frame(_("Before you save: who is affected"), trail, back, carried=carried)


class TellOfMoveForm(TellForm):
    """Whether those who hold a seat, or wait for one, are told of the move."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notify"].label = _("Tell these people by mail, with an updated calendar entry")


def capacity_consequences(target: Any, form: Any, *, says_over: bool = True) -> Iterator[Consequence]:
    """What the capacity that was typed does: whom it seats, whom it invites, by how many it is exceeded."""
    if not form.is_capacity_changed:
        return
    previewed: CapacityPreview = preview_capacity(form.instance, form.cleaned_data["capacity"])
    if previewed.seated:
        yield Consequence(who(previewed.seated), _("in line"), _("registered at once, and told by mail"))
    if previewed.invited:
        yield Consequence(who(previewed.invited), _("in line"), _("invited to a free seat by mail"))
    if previewed.over_by and says_over:
        over = ngettext(
            "over by %(n)d; nobody is removed", "over by %(n)d; nobody is removed", previewed.over_by
        )
        yield Consequence(_("The capacity"), words.taken_of(target.seats), over % {"n": previewed.over_by})


def who(items: Sequence[WaitlistItem]) -> str:
    """“7 waiting: Ada Lovelace, Bob Baker …”."""
    number = counted.waiting(len(items))
    return f"{number}: {named([item.contact for item in items])}"


def named(contacts: Sequence[Any]) -> str:
    """The first of them by name, and how many more."""
    names = ", ".join(str(contact) for contact in contacts[:NAMES_SHOWN])
    more = len(contacts) - NAMES_SHOWN
    rest = ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    return f"{names} {rest}" if more > 0 else names
