"""Numbers as the language of a page or mail writes them: “1,200”, “1.200”, “1 200”; “12.50”, “12,50”."""

from __future__ import annotations

from django.utils.formats import number_format


class Grouped(int):
    """A whole number that a page shows with its digits grouped, and that still chooses between one and many."""

    def __str__(self) -> str:
        return number_format(int(self), use_l10n=True, force_grouping=True)


def with_number(words: str, number: int, **named: object) -> str:
    """The words with the number, its digits grouped, in place of `%(n)d`, and what is `named` in its places."""
    return words.replace("%(n)d", "%(n)s") % {"n": Grouped(number), **named}
