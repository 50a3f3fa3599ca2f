"""Addresses of the API's registrations, included below /api/v1/ by config/api.py."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from registrations.api.batches import BatchView
from registrations.api.check_ins import CheckInViewSet, ScanView
from registrations.api.draws import DrawDecisionViewSet, DrawViewSet
from registrations.api.imports import ImportRowViewSet, ImportViewSet
from registrations.api.ledger import LedgerViewSet
from registrations.api.money import InvoiceViewSet, PaymentViewSet, RefundViewSet
from registrations.api.orders import OrderViewSet
from registrations.api.registrants import RegistrantViewSet
from registrations.api.registration_fields import RegistrationFieldViewSet, RegistrationSchemaView
from registrations.api.seats import AgendaView, SeatView
from registrations.api.session_registrations import SessionRegistrationViewSet
from registrations.api.waiting import WaitlistItemViewSet
from registrations.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet
from registrations.api.wishes import WishesView

router = SimpleRouter(trailing_slash=False)
router.register("registrants", RegistrantViewSet, basename="registrant")
router.register(r"registrants/(?P<registrant_id>[0-9]{1,18})/ledger", LedgerViewSet, basename="ledger")
router.register("session-registrations", SessionRegistrationViewSet, basename="session-registration")
router.register("waitlist-items", WaitlistItemViewSet, basename="waitlist-item")
router.register("draws", DrawViewSet, basename="draw")
router.register(r"draws/(?P<draw_id>[0-9]{1,18})/decisions", DrawDecisionViewSet, basename="draw-decision")
router.register("orders", OrderViewSet, basename="order")
router.register("payments", PaymentViewSet, basename="payment")
router.register("refunds", RefundViewSet, basename="refund")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("check-ins", CheckInViewSet, basename="check-in")
router.register("registration-fields", RegistrationFieldViewSet, basename="registration-field")
router.register("imports", ImportViewSet, basename="import")
router.register(r"imports/(?P<import_id>[0-9]{1,18})/rows", ImportRowViewSet, basename="import-row")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register(
    r"webhooks/(?P<webhook_id>[0-9]{1,18})/deliveries", WebhookDeliveryViewSet, basename="webhook-delivery"
)

urlpatterns = [
    path("registrants/batch", BatchView.as_view(), name="registrant-batch"),
    path("registrants/<int:rid>/session/<int:sid>", SeatView.as_view(), name="registrant-session"),
    path("registrants/<int:rid>/agenda", AgendaView.as_view(), name="registrant-agenda"),
    path("registrants/<int:rid>/draws/<int:draw_id>/wishes", WishesView.as_view(), name="registrant-wishes"),
    path("events/<int:id>/registration-schema", RegistrationSchemaView.as_view(), name="registration-schema"),
    path("scans/registrant/<int:rid>/session/<int:sid>", ScanView.as_view({"post": "create"})),
    path("scans/registrant/<int:rid>", ScanView.as_view({"post": "create"})),
    *router.urls,
]
