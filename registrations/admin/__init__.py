"""The desk's registrations: panels under the tabs of events and sessions, verbs, and pages of single rows."""

from registrations.admin import mails, overview, records, registrations, webhooks

__all__ = ["mails", "overview", "records", "registrations", "webhooks"]
