"""Every address of the site, and who gets in there: read from the URL configuration and asked for by each role."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from events.actors import SYSTEM, Actor
from events.models import Event
from events.pictures import Reworked
from events.pictures import keep as keep_picture
from events.roles import setup_roles
from registrations.actions import (
    Words,
    add_to_event,
    begin_pairing,
    calendar_key_of,
    check_in,
    send_message,
    submit_agenda,
)
from registrations.imports.uploading import keep
from registrations.links import manage_token
from registrations.models import (
    Draw,
    EventRegistration,
    ImportBatch,
    Invoice,
    InvoiceFile,
    InvoiceSeries,
    Message,
    Order,
)
from registrations.rules.people import Attendee
from tests.factories import (
    BuildingFactory,
    CustomRegistrationFieldFactory,
    EventFactory,
    EventTeamMemberFactory,
    LayoutFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    UserFactory,
)

# Who asks; the names are those of tests/permissions.txt.
ROLES = {
    "stranger": None,
    "staff": "",
    "elsewhere": "Event Planner",
    "viewer": "Viewer",
    "door": "Door staff",
    "desk": "Registration staff",
    "planner": "Event Planner",
    "administrator": "Event Administrator",
}
IN_TEAM = {"viewer": "viewer", "door": "door_staff", "desk": "registration_staff", "planner": "planner"}
# Signing out is for everybody, and ends the asking.
NOT_ASKED = {"admin/logout/"}


@dataclass
class World:
    """One event with one of everything, that only its own team and administrators know."""

    event: Event
    registration: EventRegistration

    @cached_property
    def given(self) -> dict[str, Any]:
        """What stands in an address, whatever its kind."""
        return _given(self)

    @classmethod
    def made(cls) -> World:
        """Made of factories and actions."""
        setup_roles()
        event = EventFactory(slug="harbour", passes_with_agenda=True, created_by=UserFactory())
        session = SessionFactory(event=event, capacity=1)
        SessionTrackFactory(event=event), SpeakerFactory(event=event), PassFactory(event=event)
        BuildingFactory(), RoomFactory(), LayoutFactory(), CustomRegistrationFieldFactory(event=event)
        bob, carol = (Attendee(f"{who}@example.org", who) for who in ("bob", "carol"))
        add_to_event(event, [bob, carol], event.passes.get(), actor=SYSTEM)
        submit_agenda(event, bob, [session])
        submit_agenda(event, carol, [session], wait=True)
        registration = EventRegistration.objects.get(contact__email=bob.email)
        check_in(registration, actor=SYSTEM)
        words = Words(uuid.uuid4(), "Boots", "Hello")
        send_message(event, [registration.contact_id], words, actor=Actor.staff(event.created_by))
        begin_pairing(event, name="Front door", actor=SYSTEM)
        opens, closes = (event.starts_at - timedelta(days=days) for days in (20, 10))
        Draw.objects.create(
            event=event, name="Draw", opens_at=opens, closes_at=closes, number_source="Lottery"
        )
        _sell(event, registration)
        keep_picture(Reworked(b"PNG", b"", "png", 1, 1), event)
        keep(b"Email\ndora@example.org\n", "people.csv", event)
        return cls(event, registration)

    def browser(self, role: str) -> Client:
        """A browser in which somebody of that role is signed in."""
        client = Client()
        if ROLES[role] is not None:
            user = UserFactory()
            user.groups.set(Group.objects.filter(name=ROLES[role]))
            if role in IN_TEAM:
                EventTeamMemberFactory(event=self.event, user=user, role=IN_TEAM[role])
            client.force_login(user)
        return client


def _sell(event: Event, registration: EventRegistration) -> None:
    """One order that waits for payment, and an invoice for it."""
    order = Order.objects.create(
        event=event, payer=registration.contact, currency="EUR", total=20, placed_at=event.created_at
    )
    series = InvoiceSeries.objects.create(name="1-", next_number=2)
    invoice = Invoice.objects.create(
        order=order, series=series, number=1, total=20, currency="EUR", issued_at=order.placed_at
    )
    InvoiceFile.objects.create(invoice=invoice, content=b"PDF", digest="0" * 64, made_at=order.placed_at)


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of the URL configuration, as it is written there."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + _APPS.sub(_in_order, str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


def _in_order(found: re.Match[str]) -> str:
    """The apps of the desk in one order: Django names them as their modules came to be imported."""
    return f"(?P<app_label>{'|'.join(sorted(found[1].split('|')))})"


_APPS = re.compile(r"\(\?P<app_label>([a-z0-9_|]+)\)")


def address_of(route: str, world: World) -> str:
    """One address of that kind that leads to something of the world."""
    given = {**world.given, **_rows_given(route, world)}
    named = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)", lambda found: str(given[found[1]]), route)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), named)
    plain = filled.replace("^(api|oauth2)(/|$)", "api/x").replace("^", "").replace("$", "")
    return "/" + plain.replace("\\.", ".")


def _rows_given(route: str, world: World) -> dict[str, Any]:
    row = _row(route)
    return {
        **dict.fromkeys(("object_id", "id", "pk"), world.event.pk if "<kind>" in route else row),
        **{"webhook_id": row, "import_id": row, "draw_id": row},
    }


def _given(world: World) -> dict[str, Any]:
    session = world.event.sessions.get()
    return {
        **{"event_id": world.event.pk, "rid": world.registration.pk, "sid": session.pk},
        "registrant_id": world.registration.pk,
        **{"kind": "event", "panel_key": "event_registrations", "verb_key": "cancel", "app_label": "events"},
        **{"slug": world.event.slug, "token": manage_token(world.registration), "uuid": session.uuid},
        **{
            "upload": ImportBatch.objects.get().uuid,
            "which": "result",
            "paper": "badges",
            "device": world.event.door_devices.get().uuid,
        },
        **{"verb": "add", "path": "nothing.png", "url": "nothing", "content_type_id": 1},
        "key": calendar_key_of(world.registration),
        **{"code": "full", "secret": "wrong", "code_id": session.uuid, "provider": "manual"},
        "form": "xml",
        **{"figure": "overview_seats", "other": session.pk},
        "uidb36": "1",
        **{"seed": "0" * 12, "colour": "0f766e"},
        "picture": world.event.pictures.get().url.rpartition("/")[2],
        "message": Message.objects.get().uuid,
        "draw": world.event.draws.get().uuid,
        "order": world.event.orders.get().uuid,
        "invoice": Invoice.objects.get().pk,
        "mail": "registered",
    }


def _row(route: str) -> Any:
    """The key of a row of the model that a desk's address names."""
    found = re.match(r"admin/(\w+)/(\w+)/", route)
    if not found or found[1] not in apps.app_configs:
        return 1
    row = apps.get_model(found[1], found[2]).objects.order_by("pk").first()
    return row.pk if row else uuid.uuid4().int % 10**6


def gets_in(client: Client, address: str) -> bool:
    """Whether the page is shown, or something is done; what is done is undone."""
    # No block of its own: the actions want to be the outermost one.
    before = transaction.savepoint()
    response = client.get(address)
    if response.status_code == 405:
        response = client.post(address)
    transaction.savepoint_rollback(before)
    if response.status_code in {301, 302}:
        # Where the desk does not show a thing to somebody it leads to its first page.
        return "/login/" not in response["Location"] and response["Location"] != "/admin/"
    return response.status_code < 400 or response.status_code in {409, 410, 422}


def asked(world: World, role: str) -> dict[str, bool]:
    """Each address, and whether this role gets in."""
    client = world.browser(role)
    return {
        route: gets_in(client, address_of(route, world))
        for route in dict.fromkeys(routes())
        if route not in NOT_ASKED
    }
