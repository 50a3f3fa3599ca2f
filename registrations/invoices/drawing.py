"""Draw an invoice: A4, one calm column of blocks, as many pages as its lines need; the same words, the same bytes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.text import Truncator
from reportlab.lib.colors import Color, HexColor, toColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from registrations.invoices import fonts
from registrations.invoices.words import Page, Row

INK, MUTED, LINE = HexColor("#15201e"), HexColor("#53605d"), HexColor("#dde1dd")
MARGIN, HEAD, FOOT, BAND = 22 * mm, 22 * mm, 24 * mm, 2.5 * mm
WIDTH = A4[0] - 2 * MARGIN
_HALF = WIDTH / 2
_RATE, _PRICE = 22 * mm, 38 * mm
# So much fits beside the number of the sheet.
FOOT_CHARACTERS = 80


def draw(page: Page) -> bytes:
    """The invoice's page, or pages, as PDF."""
    fonts.load()
    file = BytesIO()
    column = Frame(
        *(MARGIN, FOOT + 4 * mm, WIDTH, A4[1] - HEAD - FOOT - 4 * mm),
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[column])],
        title=page.title,
        author=page.seller[0],
        lang=page.language,
        # Neither the time nor the machine stands in the file.
        invariant=1,
        initialFontName=fonts.PLAIN,
    )
    styles = _Styles(page)
    parts = [*_head(page, styles), *_lines(page, styles), *_foot(page, styles)]
    document.build(parts, canvasmaker=_sheets(page))
    return file.getvalue()


class _Styles:
    """How each kind of text looks."""

    def __init__(self, page: Page) -> None:
        self.accent: Color = toColor(page.colour)
        self.plain = _style(9.5, 13.5)
        self.strong = _style(9.5, 13.5, fontName=fonts.BOLD)
        self.small = _style(8, 11, textColor=MUTED)
        self.label = _style(8, 13.5, textColor=MUTED)
        self.figure = _style(9.5, 13.5, alignment=TA_RIGHT)
        self.figure_head = _style(8, 11, textColor=MUTED, alignment=TA_RIGHT)
        self.total = _style(12, 16, fontName=fonts.BOLD)
        self.total_figure = _style(12, 16, fontName=fonts.BOLD, alignment=TA_RIGHT)
        self.title = _style(19, 24, fontName=fonts.BOLD)


def _style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}", **{"fontName": fonts.PLAIN, "textColor": INK} | more, fontSize=size, leading=leading
    )


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    """The text as it was written, line by line; nothing in it is markup."""
    return Paragraph(fonts.marked_up(text), style)


def _head(page: Page, styles: _Styles) -> list[Any]:
    """Who sells to whom, and what this is."""
    blocks = [
        _block(page.buyer_label, page.buyer, styles),
        _block(page.seller_label, page.seller, styles),
    ]
    facts = [[_said(label, styles.label), _said(value, styles.plain)] for label, value in page.facts]
    return [
        Table([blocks], colWidths=[_HALF, _HALF], style=_bare()),
        Spacer(0, 14 * mm),
        _said(page.title, styles.title),
        Spacer(0, 4 * mm),
        Table(facts, colWidths=[34 * mm, WIDTH - 34 * mm], style=_bare(BOTTOMPADDING=1.5)),
        Spacer(0, 8 * mm),
    ]


def _block(label: str, lines: list[str], styles: _Styles) -> list[Any]:
    first, *others = lines
    return [
        _said(label, styles.small),
        Spacer(0, 1.5 * mm),
        _said(first, styles.strong),
        *(_said(line, styles.plain) for line in others),
    ]


def _lines(page: Page, styles: _Styles) -> list[Any]:
    """The table of what was bought; its head stands on every page."""
    what, rate, price = page.heads
    has_rates = any(row.rate for row in page.rows)
    head = [
        _said(what, styles.small),
        _said(rate if has_rates else "", styles.figure_head),
        _said(price, styles.figure_head),
    ]
    rows = [_cells(row, styles) for row in page.rows]
    style = _bare(TOPPADDING=5, BOTTOMPADDING=5)
    style.add("LINEBELOW", (0, 0), (-1, 0), 1, styles.accent)
    style.add("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE)
    widths = [WIDTH - _RATE - _PRICE, _RATE, _PRICE]
    return [Table([head, *rows], colWidths=widths, repeatRows=1, style=style), Spacer(0, 5 * mm)]


def _cells(row: Row, styles: _Styles) -> list[Any]:
    what = [_said(row.what, styles.plain)]
    if row.who:
        what.append(_said(row.who, styles.small))
    return [what, _said(row.rate, styles.figure), _said(row.price, styles.figure)]


def _foot(page: Page, styles: _Styles) -> list[Any]:
    """The sums, how it is paid, and what the seller says at the end: on one sheet where there is room."""
    rows = [[_said(label, styles.label), _said(value, styles.figure)] for label, value in page.sums]
    label, value = page.total
    rows.append([_said(label, styles.total), _said(value, styles.total_figure)])
    style = _bare(TOPPADDING=2, BOTTOMPADDING=2)
    style.add("LINEABOVE", (0, -1), (-1, -1), 1, styles.accent)
    style.add("TOPPADDING", (0, -1), (-1, -1), 6)
    style.add("VALIGN", (0, 0), (-1, -1), "BOTTOM")
    sums = Table(rows, colWidths=[_HALF - _PRICE, _PRICE], hAlign="RIGHT", style=style)
    parts: list[Any] = [sums, Spacer(0, 9 * mm)]
    for note in page.notes:
        parts += [_said(note, styles.plain), Spacer(0, 2 * mm)]
    if page.footer:
        parts += [Spacer(0, 5 * mm), _said(page.footer, styles.small)]
    # What is longer than a sheet is parted all the same.
    return [KeepTogether(parts)]


def _bare(**paddings: float) -> TableStyle:
    paddings = {
        "LEFTPADDING": 0,
        "RIGHTPADDING": 0,
        "TOPPADDING": 0,
        "BOTTOMPADDING": 0,
    } | paddings
    commands: list[Any] = [(name, (0, 0), (-1, -1), value) for name, value in paddings.items()]
    return TableStyle([*commands, ("VALIGN", (0, 0), (-1, -1), "TOP")])


def _sheets(page: Page) -> type[Canvas]:
    """A canvas whose sheets each say, once all are known, which one of how many they are."""

    class Sheets(Canvas):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, sheet in enumerate(self._kept, start=1):
                self.__dict__.update(sheet)
                _frame(self, page, number, len(self._kept))
                super().showPage()
            super().save()

    return Sheets


def _frame(canvas: Canvas, page: Page, number: int, pages: int) -> None:
    """The band at the head of a sheet, and who sells and which sheet it is at its foot."""
    canvas.setFillColor(toColor(page.colour))
    canvas.rect(0, A4[1] - BAND, A4[0], BAND, stroke=0, fill=1)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, FOOT, A4[0] - MARGIN, FOOT)
    canvas.setFillColor(MUTED)
    canvas.setFont(fonts.PLAIN, 8)
    said = fonts.as_shown(f"{page.seller[0]} · {page.title}")
    canvas.drawString(MARGIN, FOOT - 5 * mm, Truncator(said).chars(FOOT_CHARACTERS))
    numbering = page.numbering.format(page=number, pages=pages)
    canvas.drawRightString(A4[0] - MARGIN, FOOT - 5 * mm, numbering)
