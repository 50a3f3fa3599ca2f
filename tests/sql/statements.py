"""All fixed statements that answer with rows, found in the code: a new one is tested without being named."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from registrations import sql
from registrations.sql._reading import Statement
from waitlists.order import LINE

# What the functions that make statements ask for.
SAMPLES = {"is_shown": True, "lock": "", "is_one": True, "wished": 2, "order": LINE.columns, "column": "id"}


def makers() -> Iterator[tuple[str, str]]:
    """Module and function of each place that puts a statement together; raises where it stands outside a function."""
    for path in sorted(Path(sql.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text())
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        inside = [function.name for function in functions for _ in _calls_in(function)]
        assert len(inside) == len(list(_calls_in(tree))), f"{path.name}: a statement outside of any function"
        for name in inside:
            yield f"registrations.sql.{path.stem}", name


def _calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Statement":
            yield node


def statement(module: str, name: str) -> Statement:
    """The statement as this database gets it."""
    maker = getattr(importlib.import_module(module), name)
    samples = {**SAMPLES, "vendor": connection.vendor}
    made = maker(**{parameter: samples[parameter] for parameter in inspect.signature(maker).parameters})
    assert isinstance(made, Statement)
    return made
