"""Which role may use which verb of which list: the table `tests/verbs.txt` has a line for each, made from the panels.

Verbs of one object have addresses of their own (`tests/permissions.txt`); those of lists share one, and stand here.
A new verb without a line fails, and so does one that is let in somebody else than its line says. What is so now is
written by `SEATWISE_WRITE_PERMISSIONS=1 uv run pytest --only sqlite tests/test_verbs_by_role.py`; read the change
before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registrations.admin.panels import BY_KIND, FILES
from tests import permissions

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TABLE = Path(__file__).with_name("verbs.txt")
EXPORT = "export all"


def verbs() -> Iterator[tuple[str, str, str]]:
    """Kind of target, list and verb; every list that can be taken along has its file as well."""
    for kind, panels in FILES.items():
        for key, panel in panels.items():
            if key in BY_KIND[kind]:
                yield from ((kind, key, verb.key) for verb in (*panel.verbs, *panel.tools))
            yield kind, key, EXPORT


def table() -> dict[tuple[str, ...], set[str]]:
    """Each verb with the roles that may use it at an event of theirs."""
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {
        tuple(verb.strip().split(" ", 2)): set(roles.split())
        for verb, _bar, roles in (f"{row} ".rpartition(" | ") for row in rows)
    }


@pytest.fixture(scope="module")
def world(module_rows: None) -> permissions.World:
    """One event that only its own team and administrators know."""
    return permissions.World.made()


def may_use(client: Client, world: permissions.World, kind: str, panel: str, verb: str) -> bool:
    """Whether the verb goes on to ask for rows, or the file's page is shown."""
    target: Any = world.event if kind == "event" else world.event.sessions.get()
    if verb == EXPORT:
        return client.get(reverse("admin:panel_export", args=[kind, target.pk, panel])).status_code == 200
    status = client.post(reverse("admin:panel_verb", args=[kind, target.pk, panel, verb])).status_code
    assert status in {302, 403, 404, 422}
    return status == 422


def found(world: permissions.World, role: str) -> set[tuple[str, ...]]:
    """The verbs that this role may use."""
    client = world.browser(role)
    return {verb for verb in verbs() if may_use(client, world, *verb)}


@pytest.mark.skipif("SEATWISE_WRITE_PERMISSIONS" not in os.environ, reason="writes the table anew")
def test_write_table(world: permissions.World) -> None:
    by_role = {role: found(world, role) for role in permissions.ROLES}
    lines = ["# Every verb of a list (target, list, verb), and who may use it."]
    for verb in verbs():
        roles = " ".join(role for role in by_role if verb in by_role[role])
        lines.append(f"{' '.join(verb)} | {roles}".rstrip())
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def test_every_verb_has_a_line_and_every_line_a_verb() -> None:
    assert set(verbs()) == set(table())


@pytest.mark.parametrize("role", permissions.ROLES)
def test_lets_use_whom_the_table_names(world: permissions.World, role: str) -> None:
    assert found(world, role) == {verb for verb, roles in table().items() if role in roles}


def test_nobody_of_elsewhere_may_do_anything_here() -> None:
    assert {role for roles in table().values() for role in roles} <= {
        *permissions.IN_TEAM,
        "administrator",
    }
