"""Pictures of events and sessions for those who share a link: title, date and place in the event's colour."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import astuple, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont, ImageOps

from events.colours import accent_pair, darker
from events.database_trouble import Trouble, trouble_of
from events.models import Event, PictureFile, SharedPicture
from events.patterns import Numbers
from events.templatetags.seatwise import day, hours, place, span
from sessions_app.models import Session

WIDTH, HEIGHT = 1200, 630
# Raised when cards are drawn otherwise, so that what was kept is drawn anew.
DRAWING = 1
_MARGIN, _LOGO = 80, 120
FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "dejavu"
_TITLE_SIZES, _TITLE_HEIGHT = (84, 72, 60, 50, 42), 300
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Card:
    """All that is drawn; whoever knows it can draw the same picture again."""

    above: str
    title: str
    below: str
    colour: str
    seed: str
    header: str
    logo: str

    @property
    def key(self) -> str:
        """What its address names: another title, date, place, colour or picture has another one."""
        return hashlib.sha256(repr((DRAWING, astuple(self))).encode()).hexdigest()[:32]

    def content(self) -> bytes:
        """The picture as JPEG: as it was drawn once, else drawn now and kept."""
        kept = SharedPicture.objects.filter(key=self.key).values_list("content", flat=True).first()
        if kept is not None:
            return bytes(kept)
        # Drawing is work: however many ask, a process draws one after the other.
        with _one_at_a_time:
            drawn = draw(self)
        _keep(self.key, drawn)
        return drawn


def card_of_event(event: Event) -> Card:
    """The card of an event."""
    return _card(
        event, above=str(event.get_event_type_display()), title=event.name, when=span(event), at=event
    )


def card_of_session(session: Session) -> Card:
    """The card of a session."""
    when = f"{day(session)}, {hours(session)}" if session.starts_at else hours(session)
    return _card(session.event, above=session.event.name, title=session.name, when=when, at=session)


def _card(event: Event, *, above: str, title: str, when: str, at: Event | Session) -> Card:
    header, logo = event.header_picture, event.logo
    return Card(
        above=above,
        title=title,
        below="\n".join(filter(None, [when, place(at)])),
        colour=accent_pair(event.accent_colour)[0],
        seed=str(event.uuid),
        header=header.file_id if header else "",
        logo=logo.file_id if logo else "",
    )


def _keep(key: str, content: bytes) -> None:
    try:
        with transaction.atomic():
            SharedPicture.objects.get_or_create(
                key=key, defaults={"content": content, "made_at": timezone.now()}
            )
    except DatabaseError as error:
        # While nothing may be written it is drawn each time.
        if trouble_of(error) is not Trouble.READ_ONLY:
            raise


def draw(card: Card) -> bytes:
    """Draw the card."""
    image = _ground(card)
    pen = ImageDraw.Draw(image)
    logo = _picture(card.logo)
    pen.text((_MARGIN, _MARGIN), _fitted(card.above, 34, WIDTH - 2 * _MARGIN), "white", _font(34, bold=False))
    lines, size = _title(card.title)
    for number, line in enumerate(lines):
        pen.text((_MARGIN, 140 + number * size * 1.2), line, "white", _font(size))
    room = WIDTH - 2 * _MARGIN - (2 * _LOGO + 20 if logo else 0)
    for number, line in enumerate(card.below.split("\n")):
        at = (_MARGIN, HEIGHT - _MARGIN - 44 + (number - card.below.count("\n")) * 50)
        pen.text(at, _fitted(line, 36, room), "white", _font(36, bold=False))
    if logo is not None:
        _put_logo(image, logo)
    target = BytesIO()
    image.save(target, "JPEG", quality=82, optimize=True, progressive=True)
    return target.getvalue()


def _ground(card: Card) -> Image.Image:
    """The event's header picture behind its colour, or its colour with a few rings."""
    colour = darker(card.colour, 0.85)
    header = _picture(card.header)
    ground = Image.new("RGB", (WIDTH, HEIGHT), colour)
    if header is not None:
        fitted = ImageOps.fit(header.convert("RGB"), (WIDTH, HEIGHT))
        return Image.blend(fitted, Image.new("RGB", (WIDTH, HEIGHT), darker(card.colour, 0.45)), 0.72)
    rings = Image.new("L", (WIDTH, HEIGHT))
    pen, numbers = ImageDraw.Draw(rings), Numbers(card.seed)
    x, y, step = numbers.between(700, 1200), numbers.between(0, 630), numbers.between(40, 70)
    for ring in range(1, 14):
        pen.circle((x, y), step * ring, outline=26, width=16)
    ground.paste(Image.new("RGB", (WIDTH, HEIGHT), "white"), mask=rings)
    return ground


def _put_logo(image: Image.Image, logo: Image.Image) -> None:
    logo = ImageOps.contain(logo.convert("RGBA"), (2 * _LOGO, _LOGO))
    left, top = WIDTH - _MARGIN - logo.width, HEIGHT - _MARGIN - logo.height
    box = (left - 20, top - 20, left + logo.width + 20, top + logo.height + 20)
    ImageDraw.Draw(image).rounded_rectangle(box, 16, fill="white")
    image.paste(logo, (left, top), logo)


def _picture(sha256: str) -> Image.Image | None:
    if not sha256:
        return None
    content = PictureFile.objects.filter(sha256=sha256).values_list("content", flat=True).first()
    return Image.open(BytesIO(bytes(content))) if content else None


def _title(text: str) -> tuple[list[str], int]:
    """The title in lines, as large as there is room for; one that is too long even so ends in an ellipsis."""
    for size in _TITLE_SIZES:
        lines, most = _lines(text, size), int(_TITLE_HEIGHT // (size * 1.2))
        if len(lines) <= most:
            return lines, size
    kept = lines[:most]
    return [*kept[:-1], _fitted(f"{kept[-1]} {lines[most]}", size, WIDTH - 2 * _MARGIN)], size


def _lines(text: str, size: int) -> list[str]:
    lines, room = [""], WIDTH - 2 * _MARGIN
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _font(size).getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines += [_fitted(word, size, room)] if lines[-1] else []
            lines[-1] = _fitted(word, size, room)
    return lines


def _fitted(text: str, size: int, room: int) -> str:
    """The text, cut with an ellipsis where it is wider than the room."""
    if _font(size).getlength(text) <= room:
        return text
    while text and _font(size).getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


@cache
def _font(size: int, *, bold: bool = True) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), size)
