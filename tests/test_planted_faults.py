"""What the mutation run plants is a fault, and the tests of the line's rules see the one that once went unseen."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_rules_of_the_line import (
    test_only_who_could_be_served_keeps_newcomers_away as sees_weight,
)
from tests.mutations.__main__ import ROOT, drawn_from, explanations
from tests.mutations.planting import Fault, faults_in, faults_of
from waitlists import rules


def changes(text: str) -> list[str]:
    """What the file becomes by each fault."""
    return [fault.planted_in(text) for fault in faults_in(text, "x.py")]


@pytest.mark.parametrize(
    ("text", "planted"),
    [
        ("x = a < b", ["x = (a <= b)"]),
        ("x = a is None", ["x = (a is not None)"]),
        ("x = not a", ["x = (a)"]),
        ("x = a and b", ["x = (a or b)", "x = (b)", "x = (a)"]),
        ("if a: x = 1", ["if (not a): x = 1", "if a: x = 2"]),
        ("x = [ü for ü in a if ü]", ["x = [ü for ü in a if (not ü)]"]),
        ("x = True", ["x = False"]),
        ("def f(x: int = 1) -> int:\n    '''1'''\n    return x", []),
        ("assert a < b\nx = zip(a, b, strict=True)\ny = f'{1}'", []),
    ],
)
def test_plants_what_can_be_turned(text: str, planted: list[str]) -> None:
    assert changes(text) == planted


def test_every_fault_is_source_that_differs() -> None:
    for fault in faults_of(ROOT):
        text = (ROOT / fault.path).read_text()
        assert fault.planted_in(text) != text
        ast.parse(fault.planted_in(text))


def test_draws_the_same_for_the_same_seed() -> None:
    everything = faults_of(ROOT)
    assert len(everything) > 500
    drawn = drawn_from(everything, 48, 1)
    assert (len(drawn), drawn) == (48, drawn_from(everything, 48, 1))
    assert drawn != drawn_from(everything, 48, 2)


def test_explained_faults_exist() -> None:
    """An explanation whose place was changed since then explains nothing."""
    assert set(explanations()) <= {fault.place for fault in faults_of(ROOT)}


def planted(fault: Fault) -> Any:
    """The module with the fault."""
    text = (ROOT / fault.path).read_text()
    namespace: dict[str, Any] = {"__name__": "planted"}
    exec(compile(fault.planted_in(text), fault.path, "exec"), namespace)
    return namespace


def test_counting_who_was_passed_over_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that all tests of the engine once let pass: `weight` no longer asks whether an item was passed over."""
    sees_weight()
    path = Path(rules.__file__).relative_to(ROOT).as_posix()
    faults = list(faults_in((ROOT / path).read_text(), path))
    rest = "(item.status == WaitlistItem.Status.WAITING)"
    [fault] = [each for each in faults if "passed_over_at" in each.old and each.new == rest]
    monkeypatch.setattr(rules, "weight", planted(fault)["weight"])
    with pytest.raises(AssertionError):
        sees_weight()
