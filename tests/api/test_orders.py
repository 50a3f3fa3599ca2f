"""Orders for other systems: placed, paid, extended, given back, cancelled; and bad input, which changes nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event, Pass, Sale
from registrations import actions
from registrations.models import EventRegistration, Invoice, Order, Payment, Refund
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.api.agreeing import disagreement
from tests.factories import EventFactory, PassFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)
ALICE = {"email": "alice@example.org", "first_name": "Alice", "last_name": "Adams"}
BOB = {"email": "bob@example.org", "first_name": "Bob"}
TWO = "238.00"


@pytest.fixture
def expo() -> Event:
    return EventFactory(session_level=False, capacity=10, how_to_pay="By transfer.")


@pytest.fixture
def ticket(expo: Event) -> Pass:
    return PassFactory(event=expo, capacity=3, price=Decimal("119.00"), vat_rate=Decimal(19))


def body(ticket: Pass, *people: dict[str, Any], **more: Any) -> dict[str, Any]:
    lines = [{"pass_id": ticket.pk, **person} for person in people]
    return {"event_id": ticket.event_id, **ALICE, "lines": lines, **more}


def place(api: Any, ticket: Pass, *people: dict[str, Any], **more: Any) -> Any:
    answer = api.post("/orders", body(ticket, *(people or (ALICE, BOB)), **more))
    assert answer.status_code == 201, answer.content
    assert disagreement("post", "/api/v1/orders", answer) == ""
    return answer.json()


def asked(api: Any, path: str, **data: Any) -> Any:
    answer = api.post(path, data)
    assert answer.status_code == 200, answer.content
    assert disagreement("post", f"/api/v1{path}", answer) == ""
    return answer.json()


def test_several_people_owe_one_invoice_and_are_registered(api, ticket):
    order = place(api, ticket, billing={"company": "Harbour Supplies"})
    assert (order["state"], order["way"], order["total"], order["open"]) == ("owed", "invoice", TWO, TWO)
    assert (order["billing"], order["email"]) == ({"company": "Harbour Supplies"}, "alice@example.org")
    assert [(line["price"], line["vat_rate"], line["vat"]) for line in order["lines"]] == [
        ("119.00", "19.00", "19.00")
    ] * 2
    rid = order["lines"][1]["registrant_id"]
    assert api.get(f"/registrants/{rid}").json()["order_id"] == order["id"]
    said = api.get(f"/passes/{ticket.pk}").json()
    assert (said["sold"], said["held"], said["remaining"], said["vat_rate"]) == (2, 0, 1, "19.00")
    assert recount() == []


def test_invoices_and_credit_notes_are_listed_with_their_files(api, ticket):
    order = place(api, ticket)
    [invoice] = order["invoices"]
    assert (invoice["kind"], invoice["total"]) == ("invoice", TWO)
    assert invoice["number"] == str(Invoice.objects.get())
    path = f"/invoices/{invoice['id']}"
    assert invoice["file"].endswith(f"/api/v1{path}/file")
    file = api.get(f"{path}/file")
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    asked(api, f"/orders/{order['id']}/refunds", line_ids=[order["lines"][1]["id"]], reason="Cannot come")
    [note] = api.get("/invoices", order_id=order["id"], kind="credit_note").json()["items"]
    assert (note["total"], note["credits_id"]) == ("119.00", invoice["id"])
    assert recount() == []


def test_held_until_paid(api, ticket):
    order = place(api, ticket, hold=1)
    assert (order["state"], order["lines"][0]["held"], order["lines"][0]["registrant_id"]) == (
        "held",
        True,
        None,
    )
    assert order["held_until"] is not None
    until = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    path = f"/orders/{order['id']}"
    assert asked(api, f"{path}/extension", until=until.isoformat())["held_until"] == f"{until:%FT%TZ}"
    paid = asked(api, f"{path}/payment", note="Statement 17")
    assert (paid["state"], paid["received"], paid["open"]) == ("paid", TWO, "0.00")
    assert [(each["state"], each["note"]) for each in paid["payments"]] == [("paid", "Statement 17")]
    assert all(line["registrant_id"] for line in paid["lines"])
    over = api.post(f"{path}/extension", {"until": until.isoformat()})
    assert (over.status_code, over.json()["code"], over.json()["state"]) == (409, "order_over", "paid")


def test_lines_are_given_back_then_the_rest_with_the_order(api, ticket):
    order = place(api, ticket)
    path = f"/orders/{order['id']}"
    asked(api, f"{path}/payment")
    line = order["lines"][1]["id"]
    partly = asked(api, f"{path}/refunds", line_ids=[line], reason="Cannot come")
    assert (partly["state"], partly["credited"], partly["received"]) == ("paid", "119.00", "119.00")
    [refund] = partly["refunds"]
    assert (refund["state"], refund["amount"], refund["reason"]) == ("due", "119.00", "Cannot come")
    assert EventRegistration.objects.active().count() == 1
    assert api.delete(path).status_code == 204
    ended = api.get(path).json()
    assert (ended["state"], len(ended["refunds"]), EventRegistration.objects.active().count()) == (
        "cancelled",
        2,
        0,
    )
    assert api.get("/refunds", state="due", order_id=order["id"]).json()["_meta"]["totalCount"] == 2
    assert recount() == []


def test_wrong_sum_goes_back_and_a_failed_refund_is_tried_again(api, ticket, expo):
    alice = Attendee(**ALICE)
    order = actions.place_order(expo, alice, [Bought(alice, ticket)])
    payment = actions.begin_payment(order, "test", reference="t-1")
    actions.settle_payment(payment, amount=Decimal(5), currency="EUR")
    [wrong] = api.get("/payments", state="wrong", event_id=expo.pk).json()["items"]
    assert (wrong["amount"], wrong["reference"]) == ("5.00", "t-1")
    asked(api, f"/payments/{wrong['id']}/refunds", reason="Another sum than asked for")
    refund = Refund.objects.get()
    actions.note_refund_failed(refund, "Account closed", final=True)
    said = api.get(f"/refunds/{refund.pk}").json()
    assert (said["state"], said["last_error"]) == ("failed", "Account closed")
    assert asked(api, f"/refunds/{refund.pk}/repetition")["state"] == "due"


def test_money_that_changed_without_a_date_of_its_own_is_listed_as_changed(api, ticket, expo):
    alice, long_ago = Attendee(**ALICE), timezone.now() - timedelta(days=1)
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    order = actions.place_order(expo, alice, [Bought(alice, ticket)])

    def changed(what: str) -> list[int]:
        return [row["id"] for row in api.get(f"/{what}", updated_since=since).json()["items"]]

    given_up = actions.begin_payment(order, "test", reference="t-1")
    # Of a version that did not say when.
    Payment.objects.update(begun_at=long_ago, changed_at=None)
    assert changed("payments") == []
    actions.note_not_paid(given_up)
    assert changed("payments") == [given_up.pk]
    wrong = actions.begin_payment(order, "test", reference="t-2")
    actions.settle_payment(wrong, amount=Decimal(5), currency="EUR")
    refund = actions.refund_payment(Payment.objects.get(pk=wrong.pk), reason="Too little", actor=SYSTEM)
    Refund.objects.update(due_at=long_ago, changed_at=long_ago)
    assert changed("refunds") == []
    actions.note_refund_failed(refund, "Account closed", final=True)
    assert changed("refunds") == [refund.pk]


def test_preview_changes_nothing_and_says_what_would_be(api, ticket):
    answer = api.post("/orders", body(ticket, ALICE, BOB, validate_only=1))
    assert answer.status_code == 200, answer.content
    assert disagreement("post", "/api/v1/orders", answer) == ""
    said = answer.json()
    assert (said["validate_only"], said["state"], said["total"], len(said["lines"])) == (True, "owed", TWO, 2)
    assert not Order.objects.exists()
    assert not EventRegistration.objects.exists()
    assert recount() == []


def test_key_makes_one_order(api, ticket):
    sent = body(ticket, ALICE)
    first = api.post("/orders", sent, idempotency_key="k1")
    again = api.post("/orders", sent, idempotency_key="k1")
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json()
    paid = f"/orders/{first.json()['id']}/payment"
    assert [api.post(paid, {}, idempotency_key="k2").status_code for _ in range(2)] == [200, 200]
    assert Payment.objects.count() == 1


def test_changed_meanwhile(api, ticket):
    order = place(api, ticket)
    path = f"/orders/{order['id']}"
    tag = api.get(path)["ETag"]
    asked(api, f"{path}/payment")
    assert api.delete(path, if_match=tag).status_code == 412
    assert Order.objects.get().state == Order.State.PAID
    assert api.delete(path, if_match=api.get(path)["ETag"]).status_code == 204


FREE = {"way": "complimentary", "reason": "Speaker"}


def test_complimentary_needs_a_reason(api, ticket):
    order = place(api, ticket, **FREE)
    assert (order["state"], order["total"], order["reason"]) == ("paid", "0.00", "Speaker")
    refused = api.post("/orders", body(ticket, {**BOB, "email": "c@example.org"}, way="complimentary"))
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["reason"])


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"lines": []}, 422, "lines"),
        ({"lines": [{"pass_id": 10**9, **BOB}]}, 422, "lines.0.pass_id"),
        ({"lines": [{**BOB}]}, 422, "lines.0.pass_id"),
        ({"email": "nobody"}, 422, "email"),
        ({"way": "online"}, 422, "way"),
        ({"billing": {"iban": "x"}}, 422, "billing.iban"),
        ({"total": "1.00"}, 422, "total"),
        ({"event_id": 10**9}, 422, "event_id"),
    ],
)
def test_bad_input_changes_nothing(api, ticket, change, status, named):
    answer = api.post("/orders", body(ticket, ALICE) | change)
    assert (answer.status_code, named in answer.json()["fields"]) == (status, True), answer.content
    assert not Order.objects.exists()


def test_refusals_say_which_line(api, ticket):
    place(api, ticket, BOB)
    twice = api.post("/orders", body(ticket, ALICE, BOB))
    assert (twice.status_code, twice.json()["code"]) == (409, "already_registered")
    four = [{"email": f"{number}@example.org", "first_name": "Ann"} for number in range(4)]
    full = api.post("/orders", body(ticket, *four))
    assert (full.status_code, full.json()["code"], full.json()["line"]) == (409, "full", 2)
    assert Order.objects.count() == 1


def test_lists_narrow(api, ticket, expo):
    late = place(api, ticket, BOB)["id"]
    place(api, ticket, {**BOB, "email": "c@example.org"}, **FREE)
    Order.objects.filter(pk=late).update(pay_by=timezone.now() - timedelta(days=1))

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in api.get("/orders", event_id=expo.pk, **query).json()["items"]]

    assert found(state="owed") == found(overdue=1) == found(way="invoice") == [late]
    assert len(found(payer="Alice@Example.org")) == 2
    before, after = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    assert len(found(updated_since=before.isoformat())) == 2
    assert found(updated_since=after.isoformat()) == []


def test_registrant_with_a_priced_pass_owes_it_unless_it_is_given_away(api, ticket, expo):
    sent = {"event_id": expo.pk, "pass_id": ticket.pk, "send_email": 0}
    tried = api.post("/registrants", {**sent, **ALICE, "validate_only": 1})
    assert (tried.status_code, tried.json()["owed"], Order.objects.count()) == (200, "119.00", 0)
    assert disagreement("post", "/api/v1/registrants", tried) == ""
    owed = api.post("/registrants", {**sent, **ALICE})
    assert owed.status_code == 201, owed.content
    order = api.get(f"/orders/{owed.json()['order_id']}").json()
    assert (order["state"], order["total"]) == ("owed", "119.00")
    free = api.post("/registrants", {**sent, **BOB, "complimentary_reason": "Speaker"}).json()
    order = api.get(f"/orders/{free['order_id']}").json()
    assert (order["way"], order["total"], order["reason"]) == ("complimentary", "0.00", "Speaker")
    assert recount() == []


def test_batch_says_how_much_is_owed(api, ticket, expo):
    rows = [
        {**ALICE, "pass_id": ticket.pk},
        {**BOB, "pass_id": ticket.pk, "complimentary_reason": "Speaker"},
        {"email": "carol@example.org", "first_name": "Carol", "pass_id": ticket.pk},
        {"email": "dora@example.org", "first_name": "Dora", "pass_id": ticket.pk},
    ]
    sent = {"event_id": expo.pk, "registrants": rows}
    tried = api.post("/registrants/batch", {**sent, "validate_only": 1}).json()
    assert tried["owed"] == [{"currency": "EUR", "orders": 2, "amount": TWO}]
    assert not Order.objects.exists()
    answer = api.post("/registrants/batch", sent)
    assert disagreement("post", "/api/v1/registrants/batch", answer) == ""
    done = answer.json()
    assert done["owed"] == tried["owed"]
    assert [row.get("owed") for row in done["rows"]] == ["119.00", "0.00", "119.00", None]
    assert {row["order_id"] for row in done["rows"] if "order_id" in row} == set(
        Order.objects.values_list("pk", flat=True)
    )
    assert recount() == []


def test_sale_is_read_and_changed(api, expo, settings):
    settings.PAYMENT_PROVIDERS = ["test"]
    path = f"/events/{expo.pk}/sale"
    assert (api.get(path).json()["hold_minutes"], Sale.objects.count()) == (50, 0)
    changed = {"provider": "test", "invoice_days": 10, "refunds_until": "2099-05-01T12:00:00"}
    answer = api.patch(path, changed)
    assert answer.status_code == 200, answer.content
    assert disagreement("patch", f"/api/v1{path}", answer) == ""
    assert answer.json()["refunds_until"].startswith("2099-05-01T12:00:00")
    assert api.put(path, answer.json()).json() == api.get(path).json() == answer.json()
    refused = api.patch(path, {"provider": "nobody", "refund_percent": 100})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["provider"])
    assert api.patch(path, {"refund_percent": 101}).status_code == 422
    assert Sale.objects.get().refund_percent == 100


def test_client_limited_to_another_event_finds_nothing(api, api_client_of, ticket):
    order = place(api, ticket)
    stranger = api_client_of("read write", events=[EventFactory()])
    assert stranger.get("/orders").json()["items"] == []
    assert stranger.get(f"/orders/{order['id']}").status_code == 404
    assert stranger.post(f"/orders/{order['id']}/payment", {}).status_code == 404
    assert api_client_of("read").post(f"/orders/{order['id']}/payment", {}).status_code == 403


def test_a_pass_in_an_order_is_not_deleted_until_the_order_ended(api, ticket):
    order = place(api, ticket, ALICE)
    refused = api.delete(f"/passes/{ticket.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "has_registrations")
    assert Pass.objects.offered().filter(pk=ticket.pk).exists()
    assert api.delete(f"/orders/{order['id']}").status_code in {200, 204}
    assert api.delete(f"/passes/{ticket.pk}").status_code == 204
    assert api.get(f"/orders/{order['id']}").json()["lines"][0]["pass_id"] == ticket.pk


def test_with_a_pass_only_sessions_that_it_opens_are_ordered(api, ticket):
    Event.objects.filter(pk=ticket.event_id).update(allow_custom_agenda=True, passes_with_agenda=True)
    opened, other = SessionFactory.create_batch(2, event=ticket.event, prevent_session_conflicts=False)
    ticket.sessions.add(opened)
    refused = api.post("/orders", body(ticket, {**ALICE, "session_ids": [other.pk]}))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_pass")
    assert not Order.objects.exists()
    placed = place(api, ticket, {**ALICE, "session_ids": [opened.pk]})
    assert placed["lines"][0]["session_ids"] == [opened.pk]
    assert recount() == []
