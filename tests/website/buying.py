"""What somebody who buys passes does on the website, as short words."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from events.models import Event, Pass, Sale
from registrations.models import Order, Payment
from registrations.rules.people import Attendee
from tests.factories import EventFactory, PassFactory

HOW = "Transfer it to ZZ12 3456."


def a_sale(**more: Any) -> Event:
    """An event that sells: the test provider takes the money, or it comes by invoice."""
    said = {"session_level": False, "capacity": 20, "how_to_pay": HOW, **more}
    event: Event = EventFactory(name="Expo", slug="expo", **said)
    Sale.objects.create(event=event, provider="test", terms="No dogs.", seller="Expo Ltd\nQuay 1")
    return event


def a_pass(event: Event, name: str = "Day pass", **more: Any) -> Pass:
    """A pass of forty euros, 19 % VAT in them."""
    return PassFactory(event=event, name=name, **{"price": 40, "vat_rate": 19, **more})


def filled_in(*who: tuple[Attendee, Pass], **more: str) -> dict[str, Any]:
    """The form with everybody and their passes; the first is the visitor."""
    form: dict[str, Any] = {"person": []}
    for number, (one, event_pass) in enumerate(who, start=1):
        at = f"p{number}-" if number > 1 else ""
        form |= {
            f"{at}first_name": one.first_name,
            f"{at}last_name": one.last_name,
            f"{at}email": one.email,
            f"{at}event_pass": str(event_pass.uuid),
        }
        if number > 1:
            form["person"].append(str(number))
    return {**form, **more}


def hidden(page: Any, name: str) -> str:
    """The value of a field that the page carries along."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def send(client: Client, form: dict[str, Any]) -> Any:
    """Send the form; where it comes back, the page that is shown then."""
    answer = client.post("/expo/register/", form)
    if answer.status_code == 303 and answer.url.startswith("/expo/register/"):
        return client.get(answer.url.partition("#")[0])
    return answer


def order_by_form(client: Client, form: dict[str, Any], **more: str) -> Any:
    """Send the form, look at what it comes to, and order."""
    page = send(client, form)
    agreed, key = hidden(page, "agreed"), hidden(page, "order")
    return send(client, {**form, "agreed": agreed, "order": key, **more})


def the_order() -> Order:
    return Order.objects.select_related("event", "payer").get()


def the_payment() -> Payment:
    return Payment.objects.select_related("order__event").get()
