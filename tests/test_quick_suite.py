"""What makes the suite quick changes nothing for a test: the next one finds an empty database, and pages have all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db.models.expressions import Col, Expression
from django.test import Client, TransactionTestCase

from events.models import Event
from registrations.models import Activity, SessionRegistration
from tests.engine.acts import fill
from tests.factories import SessionFactory, UserFactory
from tests.plugins import run_once, shared_out, slow
from tests.plugins.both_databases import DATABASES
from tests.plugins.quick_flush import KEPT, REVISIONS, Flush


@pytest.fixture
def djangos(transactional_db):
    """Django's own flush, which says that it was asked."""
    asked = []

    def flush(case):
        asked.append(case)
        call_command("flush", verbosity=0, interactive=False)

    flush.asked = asked
    return flush


def rows_left(flush):
    return flush._ask(flush.emptied)


def test_leaves_nothing_but_content_types_and_permissions(djangos):
    flush = Flush(djangos)
    kept = list(Permission.objects.order_by("id").values())
    fill(SessionFactory(capacity=2))
    UserFactory(is_superuser=True).user_permissions.set(Permission.objects.all()[:3])
    assert {"registrations_activity", "events_user_user_permissions"} <= set(rows_left(flush))
    flush(TransactionTestCase())
    assert rows_left(flush) == []
    assert (Activity.objects.count(), SessionRegistration.objects.count()) == (0, 0)
    assert list(Permission.objects.order_by("id").values()) == kept
    assert djangos.asked == []


def test_lets_django_flush_when_permissions_have_changed(djangos):
    flush = Flush(djangos)
    content_type = ContentType.objects.first()
    Permission.objects.create(content_type=content_type, codename="fly", name="Can fly")
    SessionFactory()
    flush(TransactionTestCase())
    assert len(djangos.asked) == 1
    assert rows_left(flush) == []
    assert not Permission.objects.filter(codename="fly").exists()


def test_looks_at_every_table(djangos):
    from django.apps import apps

    flush = Flush(djangos)
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert [table for table in tables - {*KEPT, REVISIONS} if f"'{table}'" not in flush.emptied] == []


def test_every_browser_gets_static_files():
    paths = ["/static/admin/css/base.css"] * 2
    answers = [Client().get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Client().get("/static/nothing.css").status_code == 404


def test_page_keeps_its_context(client, alice):
    client.force_login(alice)
    page = client.get("/admin/events/event/add/")
    assert "adminform" in page.context
    assert {"admin/base.html", "admin/includes/fieldset.html"} <= {one.name for one in page.templates}
    assert [one for one in page.templates if (one.name or "").startswith("django/forms/widgets/")] == []


def columns(alias="events_event"):
    """Columns that differ in one way or another."""
    name, slug = Event._meta.get_field("name"), Event._meta.get_field("slug")
    return [Col(alias, name), Col(alias, slug), Col(alias, name, slug), Col(alias, name, output_field=slug)]


def test_columns_are_told_apart_as_django_does():
    made = [*columns(), *columns("T2"), *columns()]
    apart = [Expression.identity.func(column) for column in made]
    assert [column.identity for column in made] == apart
    assert len({*made}) == len({*apart}) == len(made) // 3 * 2 - 2


@pytest.mark.parametrize(
    ("fixtures", "marker", "once", "commits"),
    [
        ([], None, True, False),
        (["tmp_path", "db"], None, False, False),
        (["live_server"], None, False, True),
        (["live_server", "browser"], None, True, True),
        ([], pytest.mark.django_db(transaction=True).mark, False, True),
        ([], pytest.mark.django_db().mark, False, False),
    ],
)
def test_knows_what_runs_once_and_what_commits(fixtures, marker, once, commits):
    item = SimpleNamespace(
        fixturenames=fixtures, get_closest_marker=lambda name: marker if name == "django_db" else None
    )
    assert run_once.is_same_on_both(item) is once
    assert slow.commits(item) is commits


@pytest.mark.parametrize("fixtures", [["db"], ["live_server", "browser"]])
@pytest.mark.parametrize("folder", ["journeys", "admin_forms"])
def test_runs_once_beside_one_of_the_two(fixtures, folder):
    item = SimpleNamespace(fixturenames=fixtures, nodeid=f"tests/{folder}/test_x.py::test_y")
    assert sum(run_once.is_beside(item, database) for database in DATABASES) == 1


def _cases(name, number):
    mark = SimpleNamespace(fixturenames=["db"], get_closest_marker=lambda _name: None, callspec=object())
    return [SimpleNamespace(**vars(mark), nodeid=f"{name}[{case}-{case % 2}]") for case in range(number)]


@pytest.mark.parametrize(
    ("name", "number", "left"),
    [
        ("tests/api/t.py::t", 9, 9),
        ("tests/api/t.py::t", 1, 1),
        ("tests/t.py::t", 9, 9),
        ("tests/t.py::t", 3, 0),
    ],
)
def test_shares_out_so_that_either_database_is_asked_half_and_the_other_half_at_the_next_commit(
    name, number, left
):
    items = _cases(name, number)
    apart = [shared_out.left_to_the_other(items, database, 7) for database in DATABASES]
    assert apart[0].isdisjoint(apart[1])
    assert len(apart[0] | apart[1]) == left
    assert left < 9 or {one.rsplit("-")[1] for one in apart[0]} == {"0]", "1]"}
    assert [shared_out.left_to_the_other(items, database, 8) for database in DATABASES] == apart[::-1]


def test_knows_how_many_commits_there_are():
    assert shared_out.commits() > 500


def test_asks_every_case_of_seats_of_both():
    assert not shared_out.left_to_the_other(_cases("tests/engine/t.py::t", 9), "sqlite", 7)
