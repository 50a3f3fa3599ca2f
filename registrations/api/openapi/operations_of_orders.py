"""The operations about orders and their money."""

from __future__ import annotations

from typing import Any

from registrations.api import order_record, order_requests

# What each takes, gives and refuses, by the names of `Operation`.
OF_ORDERS: dict[str, dict[str, Any]] = {
    "orders_create": {
        "body": order_requests.OrderRequest,
        "answers": {200: order_requests.OrderPreview, 201: order_record.OrderSerializer},
        "codes": ("full", "not_live", "closed", "not_open_yet", "wrong_level", "already_registered"),
    },
    "orders_payment_create": {
        "body": order_requests.PaidRequest,
        "answers": {200: order_record.OrderSerializer},
        "codes": ("order_over",),
    },
    "orders_extension_create": {
        "body": order_requests.ExtensionRequest,
        "answers": {200: order_record.OrderSerializer},
        "codes": ("order_over",),
    },
    "orders_refunds_create": {
        "body": order_requests.RefundRequest,
        "answers": {200: order_record.OrderSerializer},
        "codes": ("order_over",),
    },
    "payments_refunds_create": {
        "body": order_requests.ReturnRequest,
        "answers": {200: order_record.PaymentSerializer},
        "codes": ("order_over",),
    },
    "refunds_repetition_create": {
        "answers": {200: order_record.RefundSerializer},
        "codes": ("order_over",),
    },
}
