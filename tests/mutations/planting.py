"""Which faults can be planted in a piece of source: one turned comparison, condition, "and" or constant each."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Where a fault gives a seat to the wrong person, or to nobody.
PLACES = (
    "registrations/rules/*.py",
    "registrations/actions/journal.py",
    "registrations/actions/lines/*.py",
    "waitlists/models.py",
    "waitlists/order.py",
    "waitlists/rules.py",
)
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Fault:
    """One fault: these characters of the file become others."""

    path: str
    line: int
    begin: int
    end: int
    old: str
    new: str

    @property
    def place(self) -> str:
        """File, line and what changes, as `unobservable.toml` names it."""
        return f"{self.path}: {' '.join(self.old.split())} → {' '.join(self.new.split())}"

    def planted_in(self, text: str) -> str:
        """The file's text with the fault."""
        assert text[self.begin : self.end] == self.old, f"{self.path} is not the file this was drawn from"
        return text[: self.begin] + self.new + text[self.end :]

    def diff(self, text: str) -> str:
        """What changes, as `diff -u` shows it."""
        lines = text.splitlines(), self.planted_in(text).splitlines()
        return "\n".join(difflib.unified_diff(*lines, self.path, self.path, n=1, lineterm=""))


def faults_of(root: Path) -> list[Fault]:
    """Every fault that can be planted below `root`, in the order of files and lines."""
    paths = sorted({path for pattern in PLACES for path in root.glob(pattern)})
    return [
        fault for path in paths for fault in faults_in(path.read_text(), path.relative_to(root).as_posix())
    ]


def faults_in(text: str, path: str) -> Iterator[Fault]:
    """Every fault that can be planted in this file."""
    begins = [0]
    for line in text.splitlines(keepends=True):
        begins.append(begins[-1] + len(line.encode()))
    source = text.encode()
    for node, new in _changes(ast.parse(text)):
        begin = begins[node.lineno - 1] + node.col_offset
        end = begins[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        first, last = len(source[:begin].decode()), len(source[:end].decode())
        written = ast.unparse(new)
        is_whole = isinstance(new, ast.Constant)
        yield Fault(path, node.lineno, first, last, text[first:last], written if is_whole else f"({written})")


def _changes(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each node that can be turned, and what it is turned into."""
    for node in _visible(tree):
        if isinstance(node, ast.Compare):
            for index, operator in enumerate(node.ops):
                turned = [*node.ops[:index], TURNED[type(operator)](), *node.ops[index + 1 :]]
                yield node, ast.Compare(node.left, turned, node.comparators)
        elif isinstance(node, ast.BoolOp):
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield node, ast.BoolOp(other, node.values)
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, node.operand
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
            value = not node.value if isinstance(node.value, bool) else node.value + 1
            yield node, ast.Constant(value)
        yield from _conditions(node)


def _conditions(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Conditions that neither compare nor join anything: a name, an attribute, an answer."""
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield test, ast.UnaryOp(ast.Not(), test)


# What nobody can observe by running: words, types, tables' columns (a migration made them), and safeguards of zip.
_UNSEEN = (ast.JoinedStr, ast.AnnAssign, ast.Assert)


def _visible(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, but for those whose change nobody can observe."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "args"} and isinstance(
            node, ast.FunctionDef | ast.ClassDef | ast.arg
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_unseen(child):
                yield child
                yield from _visible(child)


def _is_unseen(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.ClassDef):
        return node.name == "Meta"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).startswith("models.")
    return isinstance(node, _UNSEEN)
