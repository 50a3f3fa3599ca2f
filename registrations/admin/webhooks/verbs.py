"""What may be done with an address of another system, and what that would mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb
from registrations.actions.sending import webhooks
from registrations.admin.webhooks.forms import NewWebhookForm, SecretForm, WebhookForm
from registrations.models import Webhook

MAY_CHANGE = {"webhook": ("registrations.change_webhook",)}


class Register(Verb[OneRow]):
    """Register another address."""

    key = "register"
    label = gettext_lazy("Register an address")

    def form(self, listing: OneRow, data: QueryDict | None) -> forms.Form:
        return NewWebhookForm(listing.user, data)

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        then = _("told of everything that you choose, with people's names, from now on")
        return [Consequence(_("The address"), _("told nothing"), then)]

    def deed(self, count: int) -> str:
        return _("Register it")

    def act(self, listing: OneRow, rows: Any, decided: Decision) -> Done:
        webhook = webhooks.create_webhook(
            decided["client"], decided["url"], decided["names"], event=decided["event"]
        )
        return Done(shown_once(webhook.secret))


class Change(Verb[OneRow]):
    """Change the address, or what it is told of."""

    key = "edit"
    label = gettext_lazy("Change")
    permissions = MAY_CHANGE

    def form(self, listing: OneRow, data: QueryDict | None) -> forms.Form:
        webhook = listing.target
        return WebhookForm(
            listing.user,
            data,
            initial={"url": webhook.url, "names": webhook.names, "event": webhook.event_id},
        )

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        count = webhook.deliveries.pending().count()
        waiting = ngettext("%(n)d message on its way", "%(n)d messages on their way", count) % {"n": count}
        return [
            Consequence(webhook.url, waiting, _("sent to the address given here")),
            Consequence(_("The secret"), _("signs each message"), _("stays")),
        ]

    def deed(self, count: int) -> str:
        return _("Change it")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        event = decided["event"]
        webhooks.change_webhook(
            webhook, url=decided["url"], names=decided["names"], event=event, of_every_event=event is None
        )
        return Done(_("Changed."))


class SendTest(Verb[OneRow]):
    """Send a message that tells of nothing."""

    key = "test"
    label = gettext_lazy("Send a test message")
    permissions = MAY_CHANGE

    def applies(self, row: Webhook) -> bool:
        return row.is_active

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        then = _("gets one message that tells of nothing; below you see whether it was taken")
        return [Consequence(webhook.url, _("waits for messages"), then)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        webhooks.send_test(webhook)
        return Done(_("The test message is on its way. Look at “Recent messages” in a moment."))


class RenewSecret(Verb[OneRow]):
    """Sign with another secret."""

    key = "renew-secret"
    label = gettext_lazy("New secret")
    permissions = MAY_CHANGE
    form_class = SecretForm
    is_danger = True

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        then = _("signed with the new secret, and for the hours given here with the one before as well")
        return [
            Consequence(webhook.url, _("signed with the present secret"), then),
            Consequence(_("The new secret"), "–", _("shown once, on the next page")),
        ]

    def deed(self, count: int) -> str:
        return _("Make a new secret")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        secret = webhooks.renew_secret(webhook, overlap=timedelta(hours=decided["overlap_hours"]))
        return Done(shown_once(secret))


class Pause(Verb[OneRow]):
    """Send nothing for a while."""

    key = "pause"
    label = gettext_lazy("Pause")
    permissions = MAY_CHANGE

    def applies(self, row: Webhook) -> bool:
        return row.is_active

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        then = _("told nothing until it goes on; what happens meanwhile is in the feed, and never told here")
        return [Consequence(webhook.url, _("told of what happens"), then)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        webhooks.switch_off(webhook, reason=_("By %(who)s.") % {"who": decided.actor.label})
        return Done(_("Paused."))


class GoOn(Verb[OneRow]):
    """Send again."""

    key = "go-on"
    label = gettext_lazy("Go on")
    permissions = MAY_CHANGE

    def applies(self, row: Webhook) -> bool:
        return not row.is_active

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        count = webhook.deliveries.pending().count()
        waiting = ngettext("%(n)d message waits", "%(n)d messages wait", count) % {"n": count}
        return [Consequence(webhook.url, waiting, _("sent at once, then whatever happens from now on"))]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        webhooks.switch_on(webhook)
        return Done(_("It goes on."))


class Delete(Verb[OneRow]):
    """Tell it nothing any more."""

    key = "forget"
    label = gettext_lazy("Delete")
    permissions = {"webhook": ("registrations.delete_webhook",)}
    is_danger = True

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [webhook] = rows
        then = _(
            "told nothing more, not even what is on its way; what it was told stays in the log for a month"
        )
        return [Consequence(webhook.url, _("told of what happens"), then)]

    def deed(self, count: int) -> str:
        return _("Delete this address")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [webhook] = rows
        webhooks.delete_webhook(webhook)
        return Done(_("Deleted."))


def shown_once(secret: str) -> str:
    """The words that show a secret, which nobody sees again."""
    return _("Give this secret to the receiver now; it is not shown again: %(secret)s") % {"secret": secret}


WEBHOOK_VERBS = (Change, SendTest, Pause, GoOn, RenewSecret, Delete)
