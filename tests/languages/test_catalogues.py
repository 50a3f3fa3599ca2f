"""The catalogues say what the source says, whole where they are said to be, and compiled as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.languages import COMPLETE
from tests.languages import catalogues, exchange, sources, state
from tests.languages.checks import faults
from tests.languages.sources import Message, Unclear

SEATS = Message("%(n)d seat", "%(n)d seats")


def test_source_says_nothing_that_no_catalogue_can_hold() -> None:
    assert len(sources.messages()) > 2_000


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_translations_keep_what_they_have_to_and_are_compiled(language: str) -> None:
    assert list(state.faults_of(language)) == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_complete_language_misses_nothing(language: str) -> None:
    """Mend it with `python -m tests.languages make`, then `give` and `take`."""
    missing = list(state.missing_in(language))
    assert language not in COMPLETE or missing == []


def test_own_words_in_english_are_compiled() -> None:
    assert catalogues.OWN_WORDS.with_suffix(".mo").read_bytes() == catalogues.compiled("en")


@pytest.mark.parametrize(
    ("message", "forms"),
    [
        (Message("Give %(n)d of %(name)s"), ["%(name)s: %(n)d"]),
        (SEATS, ["%(n)d place", "%(n)d places"]),
        (Message("One seat", "%(n)d seats"), ["%(n)d place", "%(n)d places"]),
        (Message("\n  <b>Hello</b> {name}\n"), ["\n  {name}, <b>bonjour</b>\n"]),
    ],
)
def test_takes_translations_that_keep_all(message: Message, forms: list[str]) -> None:
    assert list(faults(message, forms)) == []


@pytest.mark.parametrize(
    ("message", "forms", "said"),
    [
        (Message("Hello %(name)s"), ["Bonjour %(nom)s"], "placeholders: %(nom)s instead of %(name)s"),
        (Message("{count} h"), ["h"], "placeholders: none instead of {count}"),
        (Message("50 %% of %(n)d"), ["50 % de %(n)d"], "placeholders: %(n)d instead of %% %(n)d"),
        (Message("<b>Hello</b>"), ["<b>Bonjour"], "HTML: <b> instead of </b> <b>"),
        (Message("Hello"), ["Bonjour "], "ends with ' ' instead of ''"),
        (Message("\nHello"), ["Bonjour"], "begins with '' instead of '\\n'"),
        (Message("Hello"), [" "], "nothing is written"),
        (SEATS, ["%(n)d place"], "1 texts were given, 2 are due"),
        (SEATS, ["%(n)d place", "des places"], "placeholders: none instead of %(n)d"),
        (SEATS, ["une place", "%(n)d places"], "placeholders: none instead of %(n)d"),
    ],
)
def test_refuses_translations_that_lose_something(message: Message, forms: list[str], said: str) -> None:
    assert list(faults(message, forms)) == [said]


def test_reads_every_way_of_saying_something() -> None:
    code = (
        "from django.utils.translation import gettext as _, ngettext_lazy as many, pgettext\n"
        "_('a' 'b'); many('one', 'two', n); pgettext('here', 'c'); other('d')"
    )
    assert list(sources.of_python(code)) == [Message("ab"), Message("one", "two"), Message("c", "", "here")]
    template = (
        "{% translate 'a' %}{{ _('b') }}{% blocktranslate trimmed count n=n context 'x' %}"
        "\n c {{ n }} {% plural %}\n d {{ n }}) {% endblocktranslate %}"
    )
    assert list(sources.of_template(template)) == [
        Message("a"),
        Message("b"),
        Message("c %(n)s", "d %(n)s)", "x"),
    ]


def test_refuses_what_no_catalogue_can_hold() -> None:
    with pytest.raises(Unclear, match="write the text there"):
        list(sources.of_python("from django.utils.translation import gettext\ngettext(f'{a}')", "a.py"))
    with pytest.raises(Unclear, match="two plurals"):
        sources._refuse_collisions([Message("seat", "seats"), Message("seat")])


def test_translations_go_out_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    assert catalogues.make("de")[0] > 2_000
    given = {}
    for path in exchange.give("de", tmp_path / "given", per_file=1_000):
        given |= json.loads(path.read_text())
    name = catalogues.id_of(Message("%(n)d seat", "%(n)d seats"))
    assert given[name]["msgid_plural"] == "%(n)d seats"
    assert "events/counted.py" in given[name]["said_in"]

    back = tmp_path / "back.json"
    back.write_text(json.dumps({name: ["%(n)d Platz", "%(n)d Plätze"], "0000": "nichts"}))
    taken, refused = exchange.take("de", [back])
    assert (taken, refused) == (1, ["back.json: 0000: the catalogue has no such message (any more)"])
    assert state.said("de").startswith("1 of ")
    before = catalogues.path_of("de").read_bytes()
    assert catalogues.make("de") == (0, 0)
    assert catalogues.path_of("de").read_bytes() == before
    assert list(state.faults_of("de")) == []
    rest = [path.read_text() for path in exchange.give("de", tmp_path / "rest", per_file=5_000)]
    assert len(json.loads(rest[0])) == len(given) - 1
