"""The house rules that a program can check: each function takes sources and returns what breaks a rule.

A source is (path, text); the path is relative to the project. `test_architecture.py` runs them on the project
and on sources that break each rule, so that a check that cannot fail is noticed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

FLOORS = {"events": 0, "sessions_app": 1, "waitlists": 2, "registrations": 3}
# What a module may import of its own kind of floor: everything that stands before it in this list.
LAYERS: list[set[str]] = [
    {
        "apps",
        "colours",
        "compression",
        "counted",
        "currencies",
        "database_trouble",
        "door_codes",
        "draw",
        "errors",
        "errors_of_orders",
        "findings",
        "html_to_markdown",
        "markdown",
        "names",
        "numbers",
        "ranking",
        "order",
        "pacing",
        "patterns",
        "placeholders",
        "refused",
        "searching",
        "shown",
        "slugs",
        "tracing",
        "zones",
    },
    {"metrics", "models", "replica"},
    {"actors", "languages", "limits", "pictures", "retrying", "roles"},
    {"signing_in"},
    {"answers", "rules"},
    {"sql"},
    {"addresses", "links"},
    {"calendar", "health", "queries"},
    {"moves"},
    {"locks"},
    {"demand", "notifications"},
    {"actions"},
]
ROOF = {
    "admin",
    "api",
    "context_processors",
    "filters",
    "forms",
    "management",
    "middleware",
    "templatetags",
    "urls",
    "views",
}
# These translate as well: into a whole demo, into mails, from and to programme files, into calls of other systems
# and of banks, into processes that serve, into a folder and back.
ROOF |= {
    "backup",
    "demo",
    "door",
    "imports",
    "invoices",
    "mail",
    "payments",
    "schedule",
    "serving",
    "webhooks",
    "website",
}
MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 300, 40, 80
# A table of cases, or a story told to its end, reads best in one piece.
TEST_MODULE_LINES, TEST_FUNCTION_LINES = 500, 80
DOOR = "registrations/actions/"
LOCKS = "registrations/locks.py"
GUARDED_MODELS = {"EventRegistration", "InvitationSlot", "SeatCount", "SessionRegistration", "WaitlistItem"}
GUARDED_MODELS |= {"Draw", "DrawDecision", "DrawSession", "TicketHolder", "Wish"}
GUARDED_MODELS |= {"Activity", "AttendeePass", "Notification", "WebhookDelivery"}
# Where a guarded row may be built, to be written by an action.
BUILDS_ROWS = (DOOR, "registrations/notifications.py", "registrations/sql/")
GUARDED_ACCESSORS = {
    "attendee_passes",
    "event_registrations",
    "registrations",
    "seats",
    "session_registrations",
}
GUARDED_ACCESSORS |= {"deliveries", "notifications", "waitlist_items"}
WRITES = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}


@dataclass(frozen=True)
class Source:
    """One file of the project."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        """Its dotted name."""
        return ".".join(PurePosixPath(self.path).with_suffix("").parts).removesuffix(".__init__")

    @property
    def is_migration(self) -> bool:
        """True for a migration, which is a record and follows no house rule."""
        return "/migrations/" in self.path


def floor_of(module: str) -> int | None:
    """Return the floor of a dotted name, None when it is not one of ours."""
    return FLOORS.get(module.split(".", 1)[0])


def layer_of(module: str) -> int | None:
    """Return the layer inside the floor: roof modules stand above all, None is a module nobody placed."""
    parts = module.split(".")
    if len(parts) < 2:
        return 0
    if parts[1] in ROOF:
        return len(LAYERS)
    return next((rank for rank, names in enumerate(LAYERS) if parts[1] in names), None)


def modules_without_a_layer(sources: Iterable[Source]) -> Iterator[str]:
    """Every module has its place in LAYERS or ROOF, else nobody knows what it may import."""
    for source in sources:
        if (
            floor_of(source.module) is not None
            and not source.is_migration
            and layer_of(source.module) is None
        ):
            yield f"{source.path}: give {source.module} a place in tests/architecture.py"


def imports_of(source: Source) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) for each import, those inside functions too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = source.module.split(".")
                is_package = source.path.endswith("__init__.py")
                package = package[: len(package) - node.level + is_package]
                base = ".".join([*package, *filter(None, [node.module])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def upward_imports(sources: Iterable[Source]) -> Iterator[str]:
    """Imports go down only: to lower floors, to lower layers, and to the roof from the roof alone.

    A roof may use what lies below the roof on every floor, but roofs of its own floor or below only.
    """
    for source in sources:
        if source.is_migration or floor_of(source.module) is None:
            continue
        own_layer = layer_of(source.module) or 0
        is_roof = own_layer == len(LAYERS)
        reported = set()
        for line, name in imports_of(source):
            if line not in reported and (why := _why_upward(source.module, name, own_layer, is_roof)):
                reported.add(line)
                yield f"{source.path}:{line}: imports {name}, {why}"


def _why_upward(module: str, name: str, own_layer: int, is_roof: bool) -> str:
    if name.split(".", 1)[0] in {"config", "tests"}:
        return "which wires or tests the floors"
    floor, layer, own_floor = floor_of(name), layer_of(name), floor_of(module) or 0
    if floor is None:
        return ""
    if is_roof:
        return "a roof of a floor above" if floor > own_floor and layer == len(LAYERS) else ""
    if floor > own_floor:
        return "a floor above"
    if layer is not None and layer > own_layer and floor == own_floor:
        return "a layer above"
    return "which is roof" if layer == len(LAYERS) else ""


def late_imports(sources: Iterable[Source]) -> Iterator[str]:
    """A module is imported by its name in an import statement, where everybody who reads imports finds it."""
    for source in sources:
        if floor_of(source.module) is None or source.is_migration:
            continue
        for line, name in imports_of(source):
            if name.split(".")[0] == "importlib" or name.endswith(".import_string"):
                yield f"{source.path}:{line}: imports {name}"
        for node in ast.walk(source.tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == "__import__":
                yield f"{source.path}:{called.lineno}: calls __import__"


def reverse_accessors(sources: Iterable[Source]) -> dict[str, int]:
    """Return the names that a floor puts on the models of floors below it, with that floor."""
    classes, relations = {}, []
    for source in sources:
        floor = floor_of(source.module)
        if floor is None or ".models" not in source.module:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = floor
            elif isinstance(node, ast.Call) and node.args:
                for keyword in node.keywords:
                    if keyword.arg == "related_name" and isinstance(keyword.value, ast.Constant):
                        relations.append((str(keyword.value.value), ast.unparse(node.args[0]), floor))
    found = {}
    for name, target, floor in relations:
        below = 0 if "AUTH_USER_MODEL" in target else classes.get(target.strip("'\"").split(".")[-1], floor)
        if below < floor and "+" not in name:
            found[name] = floor
    return found


def upward_accessors(sources: list[Source]) -> Iterator[str]:
    """A reverse accessor of a higher floor, by attribute or by string, is an upward import in disguise."""
    accessors = reverse_accessors(sources)
    for source in sources:
        floor = floor_of(source.module)
        if floor is None or source.is_migration or layer_of(source.module) == len(LAYERS):
            continue
        for line, name in _names_of_relations(source.tree):
            if accessors.get(name, -1) > floor:
                yield f"{source.path}:{line}: `{name}` belongs to a floor above"


def _names_of_relations(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "_"):
            words = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            is_query = isinstance(node.func, ast.Attribute) or getattr(node.func, "id", "") == "F" or words
            for word in [*words, *(keyword.arg or "" for keyword in node.keywords if is_query)]:
                yield node.lineno, word.lstrip("-").split("__")[0]


def writes_outside_the_door(sources: Iterable[Source]) -> Iterator[str]:
    """Only `registrations/actions` makes, changes or deletes what a seat consists of, and what tells of it."""
    for source in sources:
        if source.is_migration or source.path.startswith((DOOR, "tests/")):
            continue
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            if _builds_guarded_row(node) and not source.path.startswith(BUILDS_ROWS):
                yield f"{source.path}:{node.lineno}: {ast.unparse(node)[:60]} outside {DOOR}"
            elif isinstance(node.func, ast.Name) and node.func.id in GUARDED_MODELS:
                yield f"{source.path}:{node.lineno}: makes {node.func.id} outside {DOOR}"
            elif (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
                and _is_guarded(node.func.value)
            ):
                yield f"{source.path}:{node.lineno}: {ast.unparse(node.func)[:60]} outside {DOOR}"


def _builds_guarded_row(node: ast.Call) -> bool:
    """True for `sql.new_row(Notification, …)`."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    first = node.args[0] if node.args else None
    return name == "new_row" and isinstance(first, ast.Name) and first.id in GUARDED_MODELS


def _is_guarded(node: ast.expr) -> bool:
    """True for `SeatCount.objects.…`, `session.registrations.…` and `event.seats`."""
    chain = set()
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            chain.add(node.attr)
            node = node.value
        else:
            node = node.func
    root = node.id if isinstance(node, ast.Name) else ""
    return root in GUARDED_MODELS or bool(chain & GUARDED_ACCESSORS)


def stray_locks_and_durables(sources: Iterable[Source]) -> Iterator[str]:
    """Row locks live in one module, durable transactions are opened by actions only."""
    for source in sources:
        if source.is_migration or source.path.startswith("tests/"):
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr == "select_for_update" and source.path != LOCKS:
                yield f"{source.path}:{node.lineno}: locks rows outside {LOCKS}"
            is_atomic = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("atomic")
            if is_atomic and "durable" in ast.unparse(node) and not source.path.startswith(DOOR):
                yield f"{source.path}:{node.lineno}: durable transaction outside {DOOR}"


def signals(sources: Iterable[Source]) -> Iterator[str]:
    """No signals of our own: whoever must talk to a module imports it. An apps.py may use post_migrate."""
    for source in sources:
        for line, name in imports_of(source):
            allowed = name.endswith(("signals", "post_migrate")) and source.path.endswith("/apps.py")
            is_signal = name.startswith("django.dispatch") or ".signals" in name
            if is_signal and not allowed and not source.path.startswith("tests/"):
                yield f"{source.path}:{line}: imports {name}"


def too_long(sources: Iterable[Source]) -> Iterator[str]:
    """A module has at most 300 lines, a function at most 40 (25 is the convention); tests may be longer."""
    for source in sources:
        lines = source.text.count("\n")
        if source.is_migration:
            continue
        is_test = source.path.startswith("tests/")
        if lines > (TEST_MODULE_LINES if is_test else MODULE_LINES):
            yield f"{source.path}: {lines} lines"
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > (TEST_FUNCTION_LINES if is_test else FUNCTION_LINES):
                    yield f"{source.path}:{node.lineno}: {node.name} has {length} lines"


_IN_TEMPLATES = {
    "a script inside the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "a style sheet inside the page": re.compile(r"<style\b(?![^>]*\bnonce=)", re.I),
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "an event handler attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"[\"']javascript:", re.I),
}


def templates_against_the_policy(templates: Iterable[Source]) -> Iterator[str]:
    """Pages keep the strict content policy and stay short; mails have no style sheet but their own."""
    for template in templates:
        lines = template.text.count("\n")
        if lines > TEMPLATE_LINES:
            yield f"{template.path}: {lines} lines"
        if "/mail" in template.path:
            continue
        for what, pattern in _IN_TEMPLATES.items():
            for found in pattern.finditer(template.text):
                line = template.text.count("\n", 0, found.start()) + 1
                yield f"{template.path}:{line}: {what}"
