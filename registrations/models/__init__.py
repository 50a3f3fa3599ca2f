"""Models of floor 3: registrations, ledger, outbox, drafts, draws, check-ins, doors, webhooks, uploads, files."""

from registrations.models.address_codes import AddressCode
from registrations.models.address_mails import AddressMail
from registrations.models.answers import RegistrationResponse
from registrations.models.calendars import CalendarEntry
from registrations.models.check_ins import CheckIn
from registrations.models.demand import RefusedTries
from registrations.models.door_scans import DoorScan
from registrations.models.doors import DoorDevice
from registrations.models.drafts import AgendaDraft, AgendaDraftLine, Star
from registrations.models.draws import Draw, DrawSession
from registrations.models.feed import FeedEntry, LedgerCursor
from registrations.models.files import FileChoice
from registrations.models.imports import ImportBatch, ImportRow
from registrations.models.invoices import Invoice, InvoiceFile, InvoiceSeries
from registrations.models.ledger import Activity
from registrations.models.link_requests import LinkRequest
from registrations.models.messages import (
    MailWords,
    Message,
    MessageOptOut,
    MessagePortion,
    ReminderRound,
    ReminderSettings,
)
from registrations.models.notifications import Notification
from registrations.models.orders import Order, OrderLine, OrderSeat
from registrations.models.payments import Payment, ProviderEvent, Refund
from registrations.models.registrations import AttendeePass, EventRegistration, SessionRegistration
from registrations.models.tickets import DrawDecision, Ticket, TicketHolder, Wish
from registrations.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "Activity",
    "AddressCode",
    "AddressMail",
    "AgendaDraft",
    "AgendaDraftLine",
    "AttendeePass",
    "CalendarEntry",
    "CheckIn",
    "DoorDevice",
    "DoorScan",
    "Draw",
    "DrawDecision",
    "DrawSession",
    "EventRegistration",
    "FeedEntry",
    "FileChoice",
    "ImportBatch",
    "ImportRow",
    "Invoice",
    "InvoiceFile",
    "InvoiceSeries",
    "LedgerCursor",
    "LinkRequest",
    "MailWords",
    "Message",
    "MessageOptOut",
    "MessagePortion",
    "Notification",
    "Order",
    "OrderLine",
    "OrderSeat",
    "Payment",
    "ProviderEvent",
    "Refund",
    "RefusedTries",
    "RegistrationResponse",
    "ReminderRound",
    "ReminderSettings",
    "SessionRegistration",
    "Star",
    "Ticket",
    "TicketHolder",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "Wish",
]
