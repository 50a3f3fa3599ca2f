"""The project says what it means in its own words, and every check finds the source that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import architecture, wording
from tests.architecture import Source

ROOT = Path(__file__).parent.parent
APPS = [*architecture.FLOORS, "config"]
TEXTS = {".css", ".html", ".js", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}
NAMED = [".ci/run", "CHANGELOG.md", "README.md", "pyproject.toml"]
# These two hold the words that are forbidden.
OWN = {"tests/wording.py", "tests/test_wording.py"}


def texts_below(folders: list[str]) -> list[Source]:
    """Return every text of ours below these folders; what others wrote is below `vendor`."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))]
    return [
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in paths
        if path.suffix in TEXTS and "vendor" not in path.parts
    ]


def test_docstrings_name_their_noun() -> None:
    code = [source for source in texts_below(APPS) if source.path.endswith(".py")]
    assert len(code) > 300
    found = list(wording.leaning_docstrings(source for source in code if not source.is_migration))
    assert found == []


def test_no_source_names_papers_that_are_not_here() -> None:
    sources = texts_below([*APPS, "tests", "templates", "static", ".github"])
    sources += [Source(name, (ROOT / name).read_text(encoding="utf-8")) for name in NAMED]
    found = wording.papers_named(source for source in sources if source.path not in OWN)
    assert list(found) == []


# The checks themselves: each text breaks one rule, and the check says so.


@pytest.mark.parametrize(
    "first",
    [
        "Those on the website.",
        "Their records.",
        "The same, found by something else.",
        "Same as the other one.",
        "It went well.",
        "See `claim`.",
        "Likewise for passes.",
        "As `personal`, also for a registration that was cancelled.",
        "When.",
    ],
)
def test_reports_docstring_that_leans_on_a_neighbour(first: str) -> None:
    texts = [
        f'"""{first}"""',
        f'class A:\n    """{first}"""',
        f'def f():\n    """{first}\n\n    More.\n    """',
    ]
    assert [len(list(wording.leaning_docstrings([Source("events/a.py", text)]))) for text in texts] == [
        1,
        1,
        1,
    ]


@pytest.mark.parametrize(
    "first",
    [
        "The events on the website.",
        "Item of a line.",
        "Seen sessions, in their order.",
        "A day.",
        "Assets of the desk.",
    ],
)
def test_allows_docstring_with_a_noun(first: str) -> None:
    assert list(wording.leaning_docstrings([Source("events/a.py", f'"""{first}"""')])) == []


@pytest.mark.parametrize(
    "text",
    [
        '"""Lock contacts first (requirements D7)."""',
        "# Requirement C2 wants it.",
        '"""Refuse past the hard limit (D3)."""',
        "# One seat for each (D3, E4a).",
        "# As design §4 has it.",
        "# Issue 10 asked for it.",
        "# issue #7",
        "The contract is in api.md.",
    ],
)
def test_reports_paper_that_is_not_here(text: str) -> None:
    assert list(wording.papers_named([Source("events/a.py", text)])) != []


def test_allows_words_that_only_resemble_papers() -> None:
    text = "# The API's design. Requirements of PostgreSQL 18 (A4 paper), an issue template, openapi.mdx"
    assert list(wording.papers_named([Source("events/a.py", text)])) == []
