"""Whoever takes people along as a file needs the permission, at every address of the desk that hands one over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client

from registrations.admin.panels import FILES
from registrations.models import Activity
from tests import permissions

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Django's own pages: they hand over no file.
STOCK = re.compile(r"admin/(\w+/\w+/((<[^/]*>/)?(add|history|delete|change|password)/|<path:object_id>/)?)?$")
TICKED = [("event", "event_registrations")]
ALL_COLUMNS = {"format": "csv", "column": ["email", "name", "first_name", "id"]}


def asked(world: permissions.World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every address of the desk in each way in which it might hand over a file: address, method, what is sent."""
    for route in permissions.routes():
        if not route.startswith("admin/") or STOCK.match(route) or route in permissions.NOT_ASKED:
            continue
        address = permissions.address_of(route, world)
        if "panel_key" in route:
            is_whole = "export" in route
            lists = [(kind, key) for kind, files in FILES.items() for key in files] if is_whole else TICKED
            pk = {"event": world.event.pk, "session": world.event.sessions.get().pk}
            at = address.partition("/at/")[0]
            last = "export/all/" if is_whole else "export/"
            for kind, key in lists:
                yield f"{at}/at/{kind}/{pk[kind]}/{key}/{last}", "post", {"across": "1", **ALL_COLUMNS}
        else:
            for each in dict.fromkeys([address, address.replace("result", "bad")]):
                yield each, "get", {"file": "json"}


def answered(client: Client, address: str, method: str, sent: dict[str, Any]) -> Any:
    """What the address says; whatever it does is undone."""
    before = transaction.savepoint()
    response = getattr(client, method)(address, sent)
    response.holds = b"".join(response) if "attachment" in response.get("Content-Disposition", "") else b""
    transaction.savepoint_rollback(before)
    return response


def test_every_file_with_people_asks_the_permission():
    world = permissions.World.made()
    administrator, without = world.browser("administrator"), world.browser("administrator")
    group = Group.objects.create(name="All but to export")
    may_export = Permission.objects.get(codename="export_people")
    group.permissions.set(Group.objects.get(name="Event Administrator").permissions.exclude(pk=may_export.pk))
    user = Activity._meta.get_field("user").related_model.objects.latest("pk")
    user.groups.set([group])
    found = set()
    for address, method, sent in asked(world):
        response = answered(administrator, address, method, sent)
        if b"@example.org" in response.holds:
            found.add(address)
            assert answered(without, address, method, sent).status_code == 403, address
    lists = {address.split("/")[-4] for address in found if address.endswith("/export/all/")}
    assert lists >= {
        "event_registrations",
        "session_waitlist",
        "event_check_ins",
        "event_seats",
        "event_mails",
    }
    assert {"everything", "imports"} <= {part for address in found for part in address.split("/")}


@pytest.mark.parametrize("role", permissions.ROLES)
def test_planners_and_administrators_may_by_default(role):
    world = permissions.World.made()
    may = role in {"planner", "administrator"}
    client = world.browser(role)
    address = (
        f"/admin/registrations/eventregistration/at/event/{world.event.pk}/event_registrations/export/all/"
    )
    assert (client.get(address).status_code == 200) == may
    if role not in {"stranger", "staff", "elsewhere"}:
        page = client.get(f"/admin/events/event/{world.event.pk}/change/?tab=registration").content.decode()
        assert (address in page) == may
