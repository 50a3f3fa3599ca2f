"""Send a registration's mail again, with the agenda as it is now."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence, Decision, Done, in_portions
from events.models import Event
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.models import EventRegistration, Notification

CHANGE = ("registrations.change_notification",)


class Resend(PanelVerb):
    """Mail each person once more what they have, with their personal link."""

    key = "resend"
    label = gettext_lazy("Send mail again")
    title = gettext_lazy("Send the registration mail again")
    note = gettext_lazy("Each person gets one mail with the agenda as it is now and their personal link.")
    permissions = {"event": CHANGE, "session": CHANGE}

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        then = _("is mailed at %(email)s")
        return [Consequence(listing.name_of(row), "", then % {"email": row.contact.email}) for row in rows]

    def deed(self, count: int) -> str:
        return ngettext("Send %(n)d mail", "Send %(n)d mails", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        is_event, mails = isinstance(listing.target, Event), list[Notification]()

        def send(portion: list[Any]) -> int:
            ids = [row.pk if is_event else row.event_registration_id for row in portion]
            mails.extend(
                actions.resend_registrations(
                    EventRegistration.objects.filter(pk__in=ids), actor=decided.actor
                )
            )
            return len(ids)

        return in_portions(rows, listing, send, done_words=lambda _count: said_of(mails))


def said_of(mails: list[Notification]) -> str:
    """How many mails are on their way; and how many left a moment ago, so that they were not sent once more."""
    left = sum(mail.sent_at is not None for mail in mails)
    count = len(mails) - left
    said = [ngettext("%(n)d mail is on its way.", "%(n)d mails are on their way.", count) % {"n": count}]
    if left:
        just_now = ngettext(
            "%(n)d left a moment ago and was not sent once more.",
            "%(n)d left a moment ago and were not sent once more.",
            left,
        )
        said.append(just_now % {"n": left})
    return " ".join(said)
