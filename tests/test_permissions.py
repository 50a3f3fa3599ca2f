"""Who gets in where: the table `tests/permissions.txt` has a line for every address of the URL configuration.

A new address without a line fails, and so does one that lets in somebody else than its line says. What is asked for
now is written by `SEATWISE_WRITE_PERMISSIONS=1 uv run pytest --only sqlite tests/test_permissions.py`; read the
change before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import permissions

# Who gets in is decided before a database is asked anything but who they are.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TABLE = Path(__file__).with_name("permissions.txt")


def table() -> dict[str, set[str]]:
    """Each address with the roles that get in."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {
        route.strip(): set(who.split())
        for route, _bar, who in (f"{line} ".rpartition(" | ") for line in lines)
    }


@pytest.mark.skipif("SEATWISE_WRITE_PERMISSIONS" not in os.environ, reason="writes the table anew")
def test_write_table():
    world = permissions.World.made()
    found = {role: permissions.asked(world, role) for role in permissions.ROLES}
    lines = ["# Every address, and who gets in: a page is shown, or the deed is done."]
    for route in found["stranger"]:
        lines.append(f"{route} | {' '.join(role for role in found if found[role][route])}".rstrip())
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def test_every_address_has_a_line_and_every_line_an_address():
    known = set(permissions.routes()) - permissions.NOT_ASKED
    assert known == set(table())


@pytest.mark.parametrize("role", permissions.ROLES)
def test_lets_in_whom_the_table_names(role):
    found = permissions.asked(permissions.World.made(), role)
    assert {route for route, is_in in found.items() if is_in} == {
        route for route, who in table().items() if role in who
    }


def test_strangers_get_in_nowhere_on_the_desk_and_with_no_token_nowhere_in_the_api():
    open_to_all = {route for route, who in table().items() if "stranger" in who}
    assert {route for route in open_to_all if route.startswith("admin/")} == {"admin/login/"}
    # What staff need before they are signed in.
    assert {route for route in open_to_all if route.startswith("accounts/")} <= {
        "accounts/inactive/",
        "accounts/logout/",
        "accounts/password/forgotten/",
        "accounts/password/reset/",
        "accounts/password/reset/done/",
        "accounts/password/reset/key/done/",
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "accounts/2fa/webauthn/login/",
    }
    assert {route for route in open_to_all if route.startswith(("api/", "oauth2/"))} <= {
        "api/v1/schema",
        "api/v1/docs",
        "api/v1/guide",
        "api/v1/errors",
        "api/v1/errors/<slug:code>",
    }


def test_personal_pages_want_the_link():
    """With a link that was not made by us nobody gets in, whoever is signed in."""
    world = permissions.World.made()
    for role in ("stranger", "administrator"):
        client = world.browser(role)
        for route in permissions.routes():
            if "<str:token>" in route:
                address = permissions.address_of(route, world)
                forged = address.replace("/me/", "/me/x", 1)
                assert not permissions.gets_in(client, forged), route
