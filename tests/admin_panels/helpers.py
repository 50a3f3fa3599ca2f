"""Addresses, people and what browsers send, for the desk's panel tests."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from registrations import actions
from registrations.rules.people import Attendee
from sessions_app.models import Session


def person(number: int) -> Attendee:
    """Return one of many people."""
    return Attendee(f"guest{number:03}@example.com", "Guest", f"Number{number:03}")


def fill(session: Session, count: int, *, start: int = 1) -> None:
    """Register that many people for the session, as they would themselves."""
    for number in range(start, start + count):
        actions.submit_agenda(session.event, person(number), [session], notify=False)


def tab(target: Any, slug: str = "registration", **parameters: Any) -> str:
    """Return the address of a tab of an event or session."""
    name = f"admin:{target._meta.app_label}_{target._meta.model_name}_change"
    query = "&".join(f"{key.replace('_', '-', 1)}={value}" for key, value in parameters.items())
    return f"{reverse(name, args=[target.pk])}?tab={slug}" + (f"&{query}" if query else "")


def verb_url(target: Any, panel: str, verb: str) -> str:
    """Return the address of a panel's verb."""
    return reverse("admin:panel_verb", args=[target._meta.model_name, target.pk, panel, verb])


def add_url(target: Any) -> str:
    """Return the address of "Add registration"."""
    return reverse("admin:add_registration", args=[target._meta.model_name, target.pk])


def typed(*people: Attendee, **more: Any) -> dict[str, Any]:
    """Return what a browser sends when these people were typed in."""
    data: dict[str, Any] = {"people-TOTAL_FORMS": len(people), "people-INITIAL_FORMS": 0, **more}
    for number, someone in enumerate(people):
        data[f"people-{number}-email"] = someone.email
        data[f"people-{number}-first_name"] = someone.first_name
        data[f"people-{number}-last_name"] = someone.last_name
    return data


def columns_of(page: Any) -> list[str]:
    """Return the keys of every column that a file may have, as its page offers them."""
    return [column.key for column, _is_chosen in page.context["columns"]]


def text(response: Any) -> str:
    """Return the page's HTML with runs of space made one."""
    return " ".join(response.content.decode().split())


def panel(response: Any, key: str) -> str:
    """Return the HTML of one panel of the page."""
    _before, _id, rest = text(response).partition(f'id="panel-{key}"')
    return rest.partition("</section>")[0]


def see_what_happens(page: Any, shown: str) -> None:
    """Look at what becomes of those typed into "Add registration", of whom `shown` is the last who was typed.

    With JavaScript it stands beside them once the last of them was sent; the button would go while it is pressed.
    """
    page.wait_for_load_state()
    if page.evaluate("typeof htmx === 'undefined'"):
        page.get_by_role("button", name="See what happens").click()
    else:
        page.evaluate("document.activeElement.blur()")
    page.locator(".sw-consequences").get_by_text(shown).first.wait_for()
