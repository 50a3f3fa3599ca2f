"""Bytes to text, by rule: a mark at the beginning, else valid UTF-8, else Windows-1252. Nothing is guessed."""

from __future__ import annotations

import codecs

from django.utils.translation import gettext as _

from events.errors import Invalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
# Files that are no tables, by how they begin, and what to do instead.
_NO_TABLES = (
    (b"%PDF", _("This is a PDF. Save the table as CSV or XLSX and upload that.")),
    (
        b"\xd0\xcf\x11\xe0",
        _("This is an old Excel file (.xls), or one with a password. Save it as XLSX without a password."),
    ),
    (b"{\\rtf", _("This is a text document. Save the table as CSV or XLSX and upload that.")),
)
_PAGES = ("<!doctype html", "<html", "<head", "<body", "<?xml")
# So much of a file shows what it is.
_BEGINNING = 4_096


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; lines end with a line feed. Raises Invalid for what is no text."""
    for beginning, words in _NO_TABLES:
        if content.startswith(beginning):
            raise refused(str(words))
    text, name = _decoded(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().lower().startswith(_PAGES):
        raise refused(
            _(
                "This is a web page, not a table: the download may have ended at a sign-in page. Fetch the file again."
            )
        )
    if "\0" in text:
        raise refused(_("This is no text. Save the table as CSV or XLSX and upload that."))
    return text, name


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, "replace"), name
    beginning = content[:_BEGINNING]
    # Half of a table in UTF-16 without its mark are zeros, at every other place.
    for codec, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if zeros and zeros.count(0) > len(zeros) * 0.6:
            return content.decode(codec, "replace"), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace"), "Windows-1252"


def refused(words: str) -> Invalid:
    """The refusal of a file, said at its field."""
    return Invalid(words, fields={"file": [words]})
