"""Write a list as CSV or XLSX while it is read: nothing waits for the last row, and no row is kept.

XLSX is written here by hand, since a library took seven times the CPU for the same cells, and could hand nothing over
before the last one. Only what every spreadsheet program reads is used: one sheet, text and numbers.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from django.db.models import QuerySet

from registrations.admin.files.columns import Column

CHUNK = 2_000
# A cell that begins so would be run as a formula by a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# The mark at the beginning tells spreadsheet programs that this is UTF-8.
MARK = "\ufeff"
LONGEST_CELL = 32_767
# Written as numbers, sums of money among them: a spreadsheet adds them up.
NUMBERS = (int, Decimal)
LONGEST_SHEET_NAME = 31
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads this as the code of a character; written so it reads it as it stands.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Row = Sequence[Any]


def sets_of(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[Row]]:
    """The cells of the rows, in sets of rows; of each row only what the columns ask for is read."""
    paths = list(dict.fromkeys(column.path for column in columns))
    places = [paths.index(column.path) for column in columns]
    # With the key, so that two rows that read alike stay two.
    read = rows.values_list("pk", *paths).iterator(chunk_size=CHUNK)
    while chunk := list(islice(read, CHUNK)):
        values = list(zip(*chunk, strict=True))[1:]
        yield list(
            zip(
                *(column.say(values[place]) for column, place in zip(columns, places, strict=True)),
                strict=True,
            )
        )


def csv_file(titles: Row, sets: Iterable[Iterable[Row]]) -> Iterator[str]:
    """The lines of a CSV, formulas disarmed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    writer.writerow(map(safe_cell, titles))
    yield _taken(buffer)
    for rows in sets:
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    written = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return written


def safe_cell(value: Any) -> Any:
    """Return the value as text that no spreadsheet program takes for a formula; numbers stay numbers."""
    if value.__class__ in NUMBERS:
        return value
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


class _Sink:
    """A file that can only be written; what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, part: bytes, /) -> int:
        """Keep the part until it is taken."""
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self.parts = self.parts, []
        return b"".join(parts)


def xlsx_file(sheet_name: str, titles: Row, sets: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    """A workbook of one sheet with a head that stays in sight. Text is text: nothing in it is a formula."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
        for name, content in _FRAME.items():
            sheet = escape(re.sub(r"[][\\/?*:]", " ", sheet_name)[:LONGEST_SHEET_NAME], {'"': "&quot;"})
            archive.writestr(name, content.replace("SHEET_NAME", sheet))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(_HEAD.encode())
            part.write(_rows([titles], style=' s="1"'))
            for rows in sets:
                part.write(_rows(rows))
                yield sink.taken()
            part.write(b"</sheetData></worksheet>")
    yield sink.taken()


def _rows(rows: Iterable[Row], style: str = "") -> bytes:
    return "".join(f"<row>{''.join([_cell(cell, style) for cell in row])}</row>" for row in rows).encode()


def _cell(value: Any, style: str) -> str:
    if value is None or value == "":
        return "<c/>"
    if value.__class__ in NUMBERS:
        return f"<c{style}><v>{value}</v></c>"
    text = str(value)[:LONGEST_CELL]
    if not text.isalnum():
        text = escape(_ESCAPE_LIKE.sub("_x005F_", _NOT_IN_XML.sub("", text)))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="SHEET_NAME" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>'
)
