"""The acts about orders and their money, for the one door."""

from registrations.actions.orders._settling import Settled
from registrations.actions.orders.billing import change_billing
from registrations.actions.orders.ending import cancel_by_payer, cancel_order, expire_orders
from registrations.actions.orders.invited import decline_invitation, leave_waitlist, order_invitation
from registrations.actions.orders.mailing import mail_orders
from registrations.actions.orders.paying import (
    begin_payment,
    mark_paid,
    note_begun,
    note_not_paid,
    settle_payment,
)
from registrations.actions.orders.placing import place_order
from registrations.actions.orders.refunding import (
    note_refund_failed,
    note_refund_returned,
    note_refunded,
    refund_order,
    refund_payment,
    try_refund_again,
)
from registrations.actions.orders.waiting import extend_order, remind_payers
from registrations.actions.orders.ways import change_way

__all__ = [
    "Settled",
    "begin_payment",
    "cancel_by_payer",
    "cancel_order",
    "change_billing",
    "change_way",
    "decline_invitation",
    "expire_orders",
    "extend_order",
    "leave_waitlist",
    "mail_orders",
    "mark_paid",
    "note_begun",
    "note_not_paid",
    "note_refund_failed",
    "note_refund_returned",
    "note_refunded",
    "order_invitation",
    "place_order",
    "refund_order",
    "refund_payment",
    "remind_payers",
    "settle_payment",
    "try_refund_again",
]
