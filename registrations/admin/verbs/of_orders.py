"""What may be done with orders, in the order in which panel and page offer it."""

from registrations.admin.verbs.billing import ChangeBilling
from registrations.admin.verbs.orders import (
    CancelOrder,
    Extend,
    MarkPaid,
    OrderVerb,
    Remind,
    SendOrderAgain,
)
from registrations.admin.verbs.refund_troubles import MarkSent, SendWrongBack, TryAgain
from registrations.admin.verbs.refunds import RefundOrder

ORDER_VERBS: tuple[type[OrderVerb], ...] = (
    *(MarkPaid, Remind, Extend, SendOrderAgain, ChangeBilling),
    *(RefundOrder, MarkSent, TryAgain, SendWrongBack, CancelOrder),
)
