"""Short words for what the API's tests ask for."""

from __future__ import annotations

from typing import Any

from registrations.models import EventRegistration, SessionRegistration

BOB = {"email": "bob@example.com", "first_name": "Bob", "last_name": "Baker"}


def register(api: Any, event: Any, sessions: Any = (), query: str = "", **more: Any) -> Any:
    """POST somebody, Bob unless another is named."""
    body = {**BOB, "event_id": event.pk, "session_ids": [session.pk for session in sessions], **more}
    return api.post(f"/registrants{query}", body)


def registered(api: Any, event: Any, sessions: Any = (), **more: Any) -> int:
    """The id of somebody who was registered so."""
    response = register(api, event, sessions, **more)
    assert response.status_code == 201, response.content
    return response.json()["id"]


def outcomes(response: Any) -> dict[int, str]:
    """What became of each session."""
    return {line["session_id"]: line["outcome"] for line in response.json()["lines"]}


def emails_in(session: Any) -> list[str]:
    """Who has a seat, in the order of registering."""
    rows = SessionRegistration.objects.active().filter(session=session).order_by("id")
    return list(rows.values_list("contact__email", flat=True))


def nobody_is_registered() -> bool:
    """True while nothing was written."""
    return not EventRegistration.objects.exists()


def rows_of_every_table() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the database holds, table by table."""
    from django.apps import apps

    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def orders_with_money(event: Any, count: int) -> list[Any]:
    """So many owed orders as rows alone: each with a line, a payment of which a part could not go back, an invoice."""
    from django.utils import timezone

    from registrations.models import InvoiceFile, InvoiceSeries, Order
    from tests.factories import ContactFactory, PassFactory

    at, offered = timezone.now(), PassFactory(event=event)
    series = InvoiceSeries.objects.get_or_create(name="T-")[0]
    placed = {
        "event": event,
        "state": "owed",
        "way": "invoice",
        "currency": "EUR",
        "total": 20,
        "placed_at": at,
    }
    paid = {"provider": "test", "state": "paid", "currency": "EUR", "begun_at": at, "paid_at": at}
    issued = {"currency": "EUR", "issued_at": at, "content": {"lines": []}}
    orders = []
    for _number in range(count):
        payer = ContactFactory()
        order = Order.objects.create(payer=payer, pay_by=at, **placed)
        order.order_lines.create(event=event, event_pass=offered, contact=payer, price=20, is_held=False)
        payment = order.payments.create(amount=20, **paid)
        payment.refunds.create(amount=5, state="failed", reason="Ill", due_at=at)
        invoice = series.invoices.create(number=order.pk, order=order, total=20, **issued)
        InvoiceFile.objects.create(invoice=invoice, content=b"%PDF-", digest="", made_at=at)
        orders.append(order)
    return orders
