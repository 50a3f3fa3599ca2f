"""The house rules hold in the project, and every check finds the source that breaks its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import architecture, import_graph
from tests.architecture import Source

ROOT = Path(__file__).parent.parent
CODE = [*architecture.FLOORS, "config", "tests"]
# Templates that may be longer than 80 lines, each with its reason.
LONG_TEMPLATES: dict[str, str] = {}
# Modules and functions that may be longer, each with its reason.
LONG_CODE: dict[str, str] = {
    "registrations/draw/snake.py": "published beside each draw, for strangers to read and run: one file needs no other",
}


def read(pattern: str, folders: list[str]) -> list[Source]:
    """Return the project's files below `folders` that match."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob(pattern))]
    return [Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]


@pytest.fixture(scope="module")
def code() -> list[Source]:
    """Return every Python file of ours."""
    return read("*.py", CODE)


@pytest.fixture(scope="module")
def templates() -> list[Source]:
    """Return every template of ours."""
    return read("*.html", ["templates"])


@pytest.mark.parametrize(
    "rule",
    [
        architecture.modules_without_a_layer,
        architecture.upward_imports,
        architecture.late_imports,
        architecture.upward_accessors,
        architecture.writes_outside_the_door,
        architecture.stray_locks_and_durables,
        architecture.signals,
        import_graph.circles,
        import_graph.folders_that_import_each_other,
    ],
)
def test_keeps_rule(rule, code):
    assert list(rule(code)) == []


def test_counts_imports_that_go_up(code, capsys):
    counted = import_graph.upward(code)
    with capsys.disabled():
        print("\nFrom a lower app to a higher one:", ", ".join(f"{what}: {n}" for what, n in counted.items()))
        print("Circles of imports:", len(list(import_graph.circles(code))))
    assert counted["roof to what lies below a higher roof"] > 0
    assert (counted["roof to a higher roof"], counted["below the roof"]) == (0, 0)


def test_keeps_code_short(code):
    assert [found for found in architecture.too_long(code) if not found.startswith(tuple(LONG_CODE))] == []


def test_keeps_templates_strict_and_short(templates):
    found = architecture.templates_against_the_policy(templates)
    assert [line for line in found if not line.startswith(tuple(LONG_TEMPLATES))] == []


# The checks themselves: each line breaks one rule, and the check says so.

MODELS = [
    Source("events/models/events.py", "class Event: pass"),
    Source(
        "sessions_app/models/sessions.py",
        "class Session:\n    event = models.ForeignKey(Event, related_name='sessions')\n"
        "    speakers = models.ManyToManyField(Speaker, related_name='talks')\nclass Speaker: pass",
    ),
]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (architecture.modules_without_a_layer, "events/helpers.py", ""),
        (architecture.modules_without_a_layer, "registrations/utils/words.py", ""),
        (architecture.upward_imports, "events/queries.py", "from sessions_app.models import Session"),
        (architecture.upward_imports, "events/queries.py", "import registrations.actions"),
        (architecture.upward_imports, "events/models/seats.py", "def f():\n    from waitlists import models"),
        (architecture.upward_imports, "registrations/rules/claims.py", "from registrations.actions import x"),
        (architecture.upward_imports, "registrations/rules/claims.py", "from registrations import locks"),
        (architecture.upward_imports, "registrations/rules/claims.py", "from ..actions import x"),
        (architecture.upward_imports, "registrations/queries/__init__.py", "from ..actions import x"),
        (
            architecture.upward_imports,
            "registrations/actions/agendas.py",
            "from registrations.views import x",
        ),
        (architecture.upward_imports, "registrations/actions/agendas.py", "from events.forms import x"),
        (architecture.upward_imports, "events/views/pages.py", "from config.settings import DEBUG"),
        (architecture.upward_imports, "events/admin/panels.py", "from registrations.admin import verbs"),
        (architecture.upward_imports, "events/admin.py", "import registrations.admin.panels"),
        (
            architecture.upward_imports,
            "sessions_app/forms/x.py",
            "def f():\n    from waitlists.admin import x",
        ),
        (architecture.late_imports, "events/admin/panels.py", "from importlib import import_module"),
        (architecture.late_imports, "registrations/apps.py", "import importlib"),
        (architecture.late_imports, "waitlists/models.py", "x = __import__('registrations.admin')"),
        (architecture.late_imports, "events/x.py", "from django.utils.module_loading import import_string"),
        (architecture.writes_outside_the_door, "events/admin.py", "SeatCount.objects.create(capacity=3)"),
        (architecture.writes_outside_the_door, "events/admin.py", "SeatCount(capacity=3).save()"),
        (architecture.writes_outside_the_door, "events/admin.py", "event.seats.save()"),
        (
            architecture.writes_outside_the_door,
            "registrations/views/page.py",
            "SessionRegistration.objects.active().filter(id=1).update(cancelled_at=now)",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/queries/x.py",
            "session.registrations.filter(id=1).delete()",
        ),
        (
            architecture.writes_outside_the_door,
            "sessions_app/models.py",
            "WaitlistItem.objects.bulk_create([])",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/admin/verbs/mail.py",
            "Notification.objects.bulk_create(rows)",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/admin/mails.py",
            "Notification(kind=kind, dedup_key=key)",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/admin/mails.py",
            "contact.notifications.update(due_at=now)",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/webhooks/planning.py",
            "WebhookDelivery.objects.bulk_create(messages)",
        ),
        (
            architecture.writes_outside_the_door,
            "registrations/mail/sending.py",
            "sql.insert([sql.new_row(Notification, kind=kind)])",
        ),
        (
            architecture.stray_locks_and_durables,
            "registrations/actions/agendas.py",
            "Contact.objects.select_for_update().get()",
        ),
        (architecture.stray_locks_and_durables, "events/views.py", "with atomic(durable=True): pass"),
        (architecture.signals, "events/models/events.py", "from django.db.models.signals import post_save"),
        (architecture.signals, "events/apps.py", "from django.db.models.signals import post_save"),
        (architecture.signals, "events/hooks.py", "from django.dispatch import receiver"),
        (architecture.too_long, "events/long.py", "x = 1\n" * 301),
        (architecture.too_long, "events/long.py", "def long():\n" + "    x = 1\n" * 40),
        (architecture.templates_against_the_policy, "templates/a.html", "<p>\n" * 81),
        (architecture.templates_against_the_policy, "templates/a.html", "<script>alert(1)</script>"),
        (architecture.templates_against_the_policy, "templates/a.html", "<style>p {}</style>"),
        (architecture.templates_against_the_policy, "templates/a.html", '<p class="x"\n style="color: red">'),
        (architecture.templates_against_the_policy, "templates/a.html", '<a onclick="go()">'),
        (architecture.templates_against_the_policy, "templates/a.html", '<a href="javascript:go()">'),
    ],
)
def test_reports_source_that_breaks_rule(rule, path, text):
    assert list(rule([Source(path, text)])) != []


@pytest.mark.parametrize(
    "text",
    [
        "event.sessions.all()",
        "Count('sessions')",
        "Event.objects.filter(sessions__name='x')",
        "F('-sessions__x')",
    ],
)
def test_reports_accessor_of_floor_above(text):
    found = list(architecture.upward_accessors([*MODELS, Source("events/queries.py", text)]))
    assert len(found) == 1


A_TO_B = Source("events/admin/a.py", "from events.admin.inner import b")
INNER = Source("events/admin/inner/__init__.py", "from events.admin.inner import b")


@pytest.mark.parametrize(
    "back",
    [
        "from events.admin.a import x",
        "from events.admin import a",
        "import events.admin.a",
        "from .. import a",
        "from ..a import x",
        "def f():\n    from events.admin.a import x",
        "if TYPE_CHECKING:\n    from events.admin.a import x",
    ],
)
def test_reports_circle_of_imports(back):
    sources = [A_TO_B, INNER, Source("events/admin/inner/b.py", back)]
    assert list(import_graph.circles(sources)) == ["events.admin.a ↔ events.admin.inner.b"]
    assert list(import_graph.folders_that_import_each_other(sources)) == ["events.admin ↔ events.admin.inner"]


def test_reports_long_circle_once():
    names = ["events/a", "sessions_app/b", "waitlists/c", "events/d"]
    following = [*names[1:], names[0]]
    sources = [
        Source(f"{name}.py", f"import {other.replace('/', '.')}")
        for name, other in zip(names, following, strict=True)
    ]
    sources.append(Source("events/e.py", "import events.a"))
    expected = "events.a ↔ events.d ↔ sessions_app.b ↔ waitlists.c"
    assert list(import_graph.circles(sources)) == [expected]


def test_reports_folders_that_import_each_other_without_circle():
    sources = [
        Source("events/api/a.py", "from events.forms.b import x"),
        Source("events/forms/b.py", ""),
        Source("events/forms/c.py", "from events.api.d import x"),
        Source("events/api/d.py", ""),
    ]
    assert list(import_graph.circles(sources)) == []
    assert list(import_graph.folders_that_import_each_other(sources)) == ["events.api ↔ events.forms"]


def test_allows_face_of_package_and_modules_directly_in_app():
    sources = [
        Source("events/admin/inner/__init__.py", "from events.admin.inner.b import x"),
        Source("events/admin/inner/b.py", "from events.admin.c import x\nfrom events.zones import zone"),
        Source("events/admin/c.py", ""),
        Source("events/zones.py", ""),
        Source("events/roles.py", "from events.models.events import Event"),
        Source("events/models/events.py", "from events.zones import zone"),
    ]
    assert list(import_graph.circles(sources)) == []
    assert list(import_graph.folders_that_import_each_other(sources)) == []


def test_counts_each_kind_of_import_that_goes_up():
    sources = [
        Source("events/admin/a.py", "from registrations import actions\nfrom registrations.admin import b"),
        Source("events/roles.py", "from registrations.actions import x"),
        Source("registrations/actions/__init__.py", "from events.roles import x"),
        Source("registrations/admin/b.py", ""),
    ]
    assert list(import_graph.upward(sources).values()) == [1, 1, 1]


def test_allows_accessor_on_own_floor_and_on_roof():
    text = "event.sessions.all(), Count('sessions')"
    sources = [*MODELS, Source("sessions_app/queries.py", text), Source("events/admin.py", text)]
    assert list(architecture.upward_accessors(sources)) == []
    assert architecture.reverse_accessors(sources) == {"sessions": 1}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "registrations/actions/agendas.py",
            "from registrations import locks, rules\nfrom events.errors import Full",
        ),
        (
            "events/admin/events.py",
            "from registrations.actions import cancel_event\nfrom events.forms import EventForm",
        ),
        (
            "registrations/rules/claims.py",
            "from registrations.models import EventRegistration\nfrom django.db import models",
        ),
        ("events/apps.py", "from django.db.models.signals import post_migrate"),
        ("registrations/actions/agendas.py", "SeatCount.objects.create()\nwith atomic(durable=True): pass"),
        ("registrations/locks.py", "rows.select_for_update(no_key=True)"),
    ],
)
def test_allows_what_the_design_allows(path, text):
    rules = [
        architecture.upward_imports,
        architecture.writes_outside_the_door,
        architecture.stray_locks_and_durables,
        architecture.signals,
        architecture.too_long,
    ]
    assert [found for rule in rules for found in rule([Source(path, text)])] == []


def test_allows_script_from_file_and_inline_styles_in_mails():
    sources = [
        Source("templates/a.html", '<script src="x.js" nonce="1"></script>'),
        Source("templates/mail/a.html", '<p style="color: red">'),
    ]
    assert list(architecture.templates_against_the_policy(sources)) == []
