"""Examples of orders and their money."""

from __future__ import annotations

from typing import Any

_BILLING = {
    "name": "Alice Adams",
    "company": "Harbour Supplies",
    "street": "Quay 1",
    "postcode": "1011 AB",
    "city": "Amsterdam",
    "country": "Netherlands",
    "vat_id": "",
    "reference": "PO 4711",
}
_TERMS: dict[str, Any] = {
    "text": "Passes are personal.",
    "refunds_until": "2027-02-20T22:59:59Z",
    "refund_percent": 80,
    "seller": "Harbour Events\nPier 7\n1019 Amsterdam",
    "seller_tax_id": "NL000000000B01",
    "series": "2027-",
    "footer": "IBAN NL00 BANK 0000 0000 00",
    "how_to_pay": "By bank transfer with the order's code.",
}
_PAYMENT: dict[str, Any] = {
    "id": 31,
    "order_id": 21,
    "event_id": 67890,
    "provider": "manual",
    "reference": "",
    "state": "paid",
    "amount": "238.00",
    "currency": "EUR",
    "begun_at": "2027-01-20T10:00:00Z",
    "expires_at": None,
    "paid_at": "2027-01-20T10:00:00Z",
    "note": "Statement 17",
}
_REFUND: dict[str, Any] = {
    "id": 41,
    "order_id": 21,
    "event_id": 67890,
    "payment_id": 31,
    "state": "due",
    "amount": "119.00",
    "currency": "EUR",
    "reason": "Cannot come",
    "reference": "",
    "attempts": 0,
    "last_error": "",
    "due_at": "2027-01-25T09:30:00Z",
    "done_at": None,
}
_INVOICE: dict[str, Any] = {
    "id": 51,
    "secure_id": "4f0f8a5e-93c8-4a2c-8d5e-6f2f0a8a7c11",
    "order_id": 21,
    "event_id": 67890,
    "number": "2027-00051",
    "kind": "invoice",
    "credits_id": None,
    "total": "238.00",
    "currency": "EUR",
    "issued_at": "2027-01-11T09:00:00Z",
    "due_at": "2027-01-25T09:00:00Z",
    "file": "https://events.example.org/api/v1/invoices/51/file",
}


def _line(number: int, name: str, email: str) -> dict[str, Any]:
    return {
        "id": 60 + number,
        "pass_id": 8,
        "contact_id": 900 + number,
        "email": email,
        "first_name": name,
        "last_name": "Adams",
        "price": "119.00",
        "vat_rate": "19.00",
        "vat": "19.00",
        "credited": "119.00" if number else "0.00",
        "held": False,
        "session_ids": [],
        "registrant_id": 501 + number,
    }


ORDERS: dict[str, Any] = {
    "Order": {
        "id": 21,
        "secure_id": "b1a4a6a0-5d55-4b80-9d9e-9c1de07b7f0e",
        "code": "K7QX4M2P",
        "event_id": 67890,
        "state": "paid",
        "way": "invoice",
        "overdue": False,
        "currency": "EUR",
        "total": "238.00",
        "credited": "119.00",
        "received": "119.00",
        "open": "0.00",
        "payer_id": 900,
        "email": "alice@example.org",
        "first_name": "Alice",
        "last_name": "Adams",
        "billing": _BILLING,
        "terms": _TERMS,
        "reason": "",
        "placed_at": "2027-01-11T09:00:00Z",
        "held_until": None,
        "pay_by": "2027-01-25T09:00:00Z",
        "paid_at": "2027-01-20T10:00:00Z",
        "ended_at": None,
        "updated_at": "2027-01-25T09:30:00Z",
        "lines": [_line(0, "Alice", "alice@example.org"), _line(1, "Bob", "bob@example.org")],
        "payments": [_PAYMENT],
        "refunds": [_REFUND],
        "invoices": [_INVOICE],
    },
    "OrderRequest": {
        "event_id": 67890,
        "email": "alice@example.org",
        "first_name": "Alice",
        "last_name": "Adams",
        "way": "invoice",
        "billing": _BILLING,
        "lines": [
            {"pass_id": 8, "email": "alice@example.org", "first_name": "Alice", "last_name": "Adams"},
            {"pass_id": 8, "email": "bob@example.org", "first_name": "Bob"},
        ],
    },
    "OrderPreview": {
        "validate_only": True,
        "state": "owed",
        "way": "invoice",
        "currency": "EUR",
        "total": "238.00",
        "held_until": None,
        "pay_by": "2027-01-25T09:00:00Z",
        "lines": [
            {
                "pass_id": 8,
                "email": email,
                "price": "119.00",
                "vat_rate": "19.00",
                "vat": "19.00",
            }
            for email in ("alice@example.org", "bob@example.org")
        ],
    },
    "PaidRequest": {"note": "Statement 17"},
    "ExtensionRequest": {"until": "2099-02-10T22:59:59Z"},
    "RefundRequest": {"line_ids": [61], "reason": "Cannot come"},
    "ReturnRequest": {"reason": "Another sum than asked for"},
    "Payment": _PAYMENT,
    "Refund": _REFUND,
    "Invoice": _INVOICE,
}
