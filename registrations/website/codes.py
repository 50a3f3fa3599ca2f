"""What all pages share that have a code mailed and ask it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.limits import check_mailbox, check_place, check_visitor
from events.models import Event
from registrations.actions import prove_by_code
from registrations.models import AddressMail
from registrations.website import kept
from registrations.website.address_forms import AddressCodeForm
from registrations.website.refusals import private

TO_ONE_ADDRESS = 5


@dataclass(frozen=True)
class Page:
    """One page with one form, in words; its ways out are pairs of an address and words."""

    title: str
    lead: str
    button: str
    event: Event | None = None
    points: tuple[str, ...] = ()
    ways_out: tuple[tuple[str, str], ...] = ()
    is_danger: bool = False

    def show(self, request: HttpRequest, form: Any, status: int) -> HttpResponse:
        """Return the page with the form."""
        context = {"page": self, "event": self.event, "form": form}
        return private(render(request, "website/code.html", context, status=status))


def check_asking(request: HttpRequest, email: str, audience: Callable[[], int]) -> None:
    """Count one more mail to this address, from this network; raises TooOften beyond what people need."""
    check_place(request, "code-from", audience)
    check_mailbox("code-to", email, TO_ONE_ADDRESS)


def asked_with(identity: uuid.UUID, purpose: AddressMail.Purpose, **where: Any) -> AddressMail | None:
    """The code that was asked for, for this purpose alone; None for any other, and once it is forgotten."""
    rows = AddressMail.objects.select_related("event_registration__contact")
    return rows.filter(uuid=identity, purpose=purpose, **where).first()


def ask_back(
    request: HttpRequest, asked: AddressMail, page: Page, then: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Ask for the code (GET); with the right one (POST) answer with what `then` does for the address it proves."""

    def act(form: AddressCodeForm) -> HttpResponse:
        check_visitor("mailed-code", asked.uuid.hex)
        return then(prove_by_code(asked, form.cleaned_data["code"]))

    form = AddressCodeForm(kept.data_of(request))
    return kept.form_page(request, form, lambda form, status: page.show(request, form, status), act)


def on_its_way(email: str) -> str:
    """The sentence that says where the code went, and what to do where none comes."""
    return _(
        "A code of six digits is on its way to %(email)s. It ends after 15 minutes; look into the spam folder too."
    ) % {"email": email}
