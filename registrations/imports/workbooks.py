"""A workbook to rows; its unpacked size is known before anything is parsed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from registrations.imports.decoding import refused

MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 1_000
MOST_CELLS = 2_000_000
_CHUNK = 256 * 1024
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def is_workbook(content: bytes) -> bool:
    """True for what is packed like a workbook."""
    return content.startswith(b"PK\x03\x04")


def read(content: bytes) -> list[list[str]]:
    """The rows of the first sheet that has any, as text. Raises Invalid for what is no workbook, or too large."""
    _check(content)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 # only where a workbook comes

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                if any(any(cell not in ("", None) for cell in row) for row in rows):
                    return [[text_of(cell) for cell in row] for row in rows]
    except (CalamineError, ValueError, OSError) as error:
        raise _broken() from error
    return []


def _check(content: bytes) -> None:
    """Raise Invalid unless the parts unpack to no more than they say, and that is little enough to be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _too_large()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names and "content.xml" not in names:
                raise refused(_("This is no workbook. Save the table as CSV or XLSX and upload that."))
            for part in parts:
                _check_part(packed, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _broken() from error


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raise where a part says another size than it has, or a sheet is wider and longer than any list of people."""
    rest, most_columns, most_rows = b"", 0, 0
    is_sheet = part.filename.startswith("xl/worksheets/")
    with packed.open(part) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            if is_sheet:
                for column, row in _PLACE.findall(rest + chunk):
                    most_columns = max(most_columns, _number_of(column))
                    most_rows = max(most_rows, int(row))
                rest = chunk[-24:]
    # A parser keeps room for every cell of the rectangle, be there only one in its last corner.
    if most_columns * most_rows > MOST_CELLS:
        raise _too_large()


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def text_of(cell: Any) -> str:
    """The cell as somebody would have typed it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time | timedelta):
        return str(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def _too_large() -> Exception:
    return refused(
        _("Unpacked this file is far larger than a list of people. Copy the table into a new workbook.")
    )


def _broken() -> Exception:
    return refused(
        _("This workbook cannot be read. Save it again as XLSX without a password, and upload that.")
    )
