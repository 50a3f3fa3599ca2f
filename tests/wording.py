"""The house rules of wording that a program can check: each function takes sources and yields what breaks a rule.

`test_wording.py` runs them on the project, and on sources that break each rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture import Source

# What a docstring cannot begin with: the noun meant stands in another docstring, or nowhere.
_LEANS = re.compile(
    r"(Those|These|They|Their|Theirs|Them|It|Its|Same|The same|See|Likewise|Ditto|Also|As above)\b|As `|\w+\.$"
)
_PAPERS = {
    "a numbered requirement": re.compile(r"\brequirements?,? [A-M]\d", re.I),
    "a number of one alone": re.compile(r"\([A-M]\d+[a-z]?(, [A-M]\d+[a-z]?)*\)[.:]?\"*$", re.M),
    "a section of a paper": re.compile(r"\bdesign(\.md)?,? §|§ ?\d"),
    "an issue by its number": re.compile(r"\bissues? #?\d", re.I),
    "a paper by its name": re.compile(r"\b(api|design|look|requirements)\.md\b"),
}


def docstrings(source: Source) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of the docstrings of a source: its own, and those of its classes and functions."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield node.body[0].lineno, text


def leaning_docstrings(sources: Iterable[Source]) -> Iterator[str]:
    """A docstring names its noun: it begins with no pronoun, points at no neighbour, and is more than one word."""
    for source in sources:
        for line, text in docstrings(source):
            first = text.splitlines()[0]
            if _LEANS.match(first):
                yield f"{source.path}:{line}: `{first}` names no noun of its own"


def papers_named(sources: Iterable[Source]) -> Iterator[str]:
    """A source says the rule itself, and names no paper that is not in the repository."""
    for source in sources:
        for what, pattern in _PAPERS.items():
            for found in pattern.finditer(source.text):
                line = source.text.count("\n", 0, found.start()) + 1
                yield f"{source.path}:{line}: `{found.group()}` is {what}; say the rule"
