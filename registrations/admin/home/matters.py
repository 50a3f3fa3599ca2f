"""The kinds of matters that seats, plans, mails and files bring before a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.decisions import AtHand, Matter, NeedsDecision, register_decisions
from events.admin.verbs import change_url
from events.roles import events_named_to
from registrations.actions.sending.outbox import NO_LONGER_TRUE
from registrations.admin.home.money import OrdersOverdue, OrdersToLookAt
from registrations.models import DoorDevice, DoorScan, Draw, ImportBatch, Notification
from sessions_app.models import Session
from sessions_app.queries import warnings_among
from waitlists.models import WaitlistItem

SOON = timedelta(hours=24)
# A mail that has been tried and has not left after so long will not leave by itself.
LATE = timedelta(hours=1)
# A device that has network speaks up at least every half minute.
SILENT = timedelta(minutes=2)
CLASHES = {"room_clash", "speaker_clash"}
# What a warning looks at; a thousand sessions are read for it.
COLUMNS = (
    *("name", "event", "starts_at", "ends_at", "date", "own_timezone", "cancelled_at", "archived_at"),
    *("seats__capacity", "room__name", "room__capacity", "building__name", "building__capacity"),
    *("layout__name", "layout__capacity"),
)
# What is planned further ahead than this many sessions waits until the nearer ones are over.
MOST_SESSIONS = 2_000


def _planned(hand: AtHand) -> QuerySet[Session]:
    """The sessions that are still to come, or running, at the events at hand."""
    ahead = Q(ends_at=None) | Q(ends_at__gt=hand.at)
    return Session.objects.not_archived().filter(ahead, event__in=hand.by_id, cancelled_at=None)


class InvitationsEnding(NeedsDecision):
    """Seats held for people who have not answered, and who soon will not be asked any more."""

    title = gettext_lazy("Invitations ending")
    chip = "invited"
    permission = "waitlists.view_waitlistitem"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        deadline = "invitation_slot__expires_at"
        rows = WaitlistItem.objects.invited().filter(
            **{"event__in": hand.by_id, f"{deadline}__gt": hand.at, f"{deadline}__lte": hand.at + SOON}
        )
        named = rows.order_by().values_list("event_id", "session_id", "session__name")
        for event_id, session_id, name, number, first in named.annotate(
            number=Count("pk"), first=Min(deadline)
        ).order_by("first"):
            event = hand.by_id[event_id]
            said = {"n": number, "name": name or event.name, "when": words.moment(first, event.zone)}
            text = ngettext(
                "%(name)s: %(n)d invitation, the first ends %(when)s",
                "%(name)s: %(n)d invitations, the first ends %(when)s",
                number,
            )
            yield Matter(text % said, _registration_tab(session_id, event_id, "waitlist"), event, first)


def _registration_tab(session_id: int | None, event_id: int, panel: str) -> str:
    if session_id is None:
        url = reverse("admin:events_event_change", args=[event_id])
        return f"{url}?tab=registration#panel-event_{panel}"
    url = reverse("admin:sessions_app_session_change", args=[session_id])
    return f"{url}?tab=registration#panel-session_{panel}"


class PastCapacity(NeedsDecision):
    """Sessions, and events without sessions to choose, with more people than seats."""

    title = gettext_lazy("Past capacity")
    chip = "over"
    permission = "sessions_app.view_session"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        for event in hand.events:
            if event.seats.past_capacity:
                yield Matter(f"{event.name}: {words.taken_of(event.seats)}", change_url(event), event)
        over = _planned(hand).filter(seats__taken__gt=F("seats__capacity")).select_related("seats")
        for session in over.order_by("starts_at", "pk")[:MOST_SESSIONS]:
            event = hand.by_id[session.event_id]
            url = f"{change_url(session)}?tab=registration"
            yield Matter(f"{session.name}: {words.taken_of(session.seats)}", url, event)


class CapacityMissing(NeedsDecision):
    """Sessions that nobody can register for until they have a capacity."""

    title = gettext_lazy("Capacity missing")
    chip = "missing"
    permission = "sessions_app.view_session"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        missing = _planned(hand).capacity_missing().filter(event__allow_custom_agenda=True)  # type: ignore[attr-defined]
        counted = dict(missing.order_by().values_list("event_id").annotate(Count("pk")))
        for event in hand.events:
            if number := counted.get(event.pk):
                text = ngettext("%(n)d session has none", "%(n)d sessions have none", number)
                yield Matter(
                    text % {"n": number}, f"{change_url(event)}?tab=agenda#panel-capacity_missing", event
                )


class Clashes(NeedsDecision):
    """Rooms booked twice, and speakers in two places at once."""

    title = gettext_lazy("Clashes of rooms and speakers")
    chip = "clash"
    permission = "sessions_app.view_session"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        planned = _planned(hand).filter(starts_at__isnull=False).order_by("starts_at", "pk")
        related = planned.select_related("seats", "room", "building", "layout")
        sessions = list(related.only(*COLUMNS)[:MOST_SESSIONS])
        for session in sessions:
            session.event = hand.by_id[session.event_id]
        found = warnings_among(sessions, sees=events_named_to(hand.user))
        clashing = [(session, warning) for session, warning in found if warning.code in CLASHES]
        for session, warning in sorted(clashing, key=lambda pair: _begins(pair[0])):
            url = f"{change_url(session)}?tab=summary"
            text = f"{session.name} ({words.hours(session, session.event)}): {warning.detail}"
            yield Matter(text, url, session.event)


def _begins(session: Session) -> Any:
    return session.starts_at, session.pk


class MailsNotSent(NeedsDecision):
    """Mails that were given up, or have been tried for an hour in vain."""

    title = gettext_lazy("Mails that did not leave")
    chip = "clash"
    permission = "registrations.view_notification"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        unsent = Notification.objects.filter(event__in=hand.by_id, sent_at=None).order_by()
        given_up = _by_event(
            unsent.filter(given_up_at__isnull=False).exclude(last_error__startswith=NO_LONGER_TRUE)
        )
        late = _by_event(unsent.filter(given_up_at=None, attempts__gt=0, due_at__lt=hand.at - LATE))
        page = reverse("admin:registrations_notification_changelist")
        for event in hand.events:
            of_event = f"event__id__exact={event.pk}"
            if n := given_up.get(event.pk):
                text = ngettext("%(n)d given up", "%(n)d given up", n) % {"n": n}
                yield Matter(text, f"{page}?state=failed&{of_event}", event)
            if n := late.get(event.pk):
                text = ngettext("%(n)d tried for more than an hour", "%(n)d tried for more than an hour", n)
                yield Matter(text % {"n": n}, f"{page}?state=waiting&{of_event}", event)


def _by_event(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("event_id").annotate(Count("pk")))


class UploadsLeft(NeedsDecision):
    """Files of people that failed, or were tried and not carried out."""

    title = gettext_lazy("Uploads of people")
    chip = "missing"
    permission = "registrations.change_eventregistration"

    def matters(self, hand: AtHand) -> Iterable[Matter]:
        status = ImportBatch.Status
        said = {
            status.FAILED: _("%(file)s: failed"),
            status.CHECKED: _("%(file)s: tried, not carried out yet"),
        }
        rows = ImportBatch.objects.filter(event__in=hand.by_id, status__in=said).order_by("-created_at")
        return [
            Matter(
                said[status(batch.status)] % {"file": batch.file_name},
                reverse("admin:import_page", args=[batch.uuid]),
                hand.by_id[batch.event_id],
            )
            for batch in rows
        ]


class ScansToLookAt(NeedsDecision):
    """What happened at doors while nobody could ask: somebody let in who had cancelled, a clock that was wrong."""

    title = gettext_lazy("Scans to look at")
    chip = "clash"
    permission = "registrations.view_checkin"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        found = _by_event(DoorScan.objects.to_look_at().filter(event__in=hand.by_id).order_by())
        for event in hand.events:
            if number := found.get(event.pk):
                text = ngettext("%(n)d scan to look at", "%(n)d scans to look at", number) % {"n": number}
                yield Matter(text, f"{change_url(event)}?tab=doors#panel-event_scans", event)


class DevicesSilent(NeedsDecision):
    """Devices that had scans still to send when they were last seen, and have not been seen since."""

    title = gettext_lazy("Devices with scans not sent")
    chip = "waiting"
    permission = "registrations.view_checkin"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        silent = DoorDevice.objects.working().filter(
            event__in=hand.by_id, waiting_scans__gt=0, last_seen_at__lt=hand.at - SILENT
        )
        for device in silent.order_by("last_seen_at"):
            event = hand.by_id[device.event_id]
            said = {
                "name": device.name,
                "n": device.waiting_scans,
                "when": words.moment(device.last_seen_at, event.zone),
            }
            text = ngettext(
                "%(name)s: %(n)d scan waits, last seen %(when)s",
                "%(name)s: %(n)d scans wait, last seen %(when)s",
                device.waiting_scans,
            )
            yield Matter(text % said, f"{change_url(event)}?tab=doors#panel-event_devices", event)


class DrawsToDecide(NeedsDecision):
    """Draws whose public number is awaited, or whose result nobody has been told."""

    title = gettext_lazy("Draws")
    chip = "few"
    permission = "registrations.change_draw"

    def matters(self, hand: AtHand) -> Iterator[Matter]:
        said = {
            Draw.State.FROZEN: _("%(name)s: the public number is awaited"),
            Draw.State.DRAWN: _("%(name)s: drawn, and not published yet"),
        }
        draws = Draw.objects.without_file().filter(event__in=hand.by_id, state__in=said)
        for draw in draws.order_by("closes_at", "pk"):
            text = said[Draw.State(draw.state)] % {"name": draw.name}
            yield Matter(text, reverse("admin:draw_page", args=[draw.uuid]), hand.by_id[draw.event_id])


register_decisions(
    *(OrdersToLookAt, DrawsToDecide, InvitationsEnding, PastCapacity, ScansToLookAt, DevicesSilent),
    *(OrdersOverdue, Clashes, CapacityMissing, MailsNotSent, UploadsLeft),
)
