"""The demo's pictures, drawn here: a harbour at dawn, logos, a map."""

from __future__ import annotations

import math
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from events.models import Building, Event, Picture, Sponsor
from events.patterns import Numbers
from events.pictures import keep, rework
from registrations.website.face.cards import FONTS

Point = tuple[float, float]
SPONSORS = (
    ("Great Dock Logistics", "Gold", "https://dock.example", "#1d4f91"),
    ("Tideline", "Gold", "https://tideline.example", "#0f766e"),
    ("Rope & Sons", "Silver", "https://rope.example", "#9a3412"),
    ("Buoyant", "Silver", "https://buoyant.example", "#6d28d9"),
    ("City of Rotterdam", "With support of", "", ""),
)


def dress(event: Event) -> None:
    """Give the event a header picture, a logo, sponsors, and its building a place on the map."""
    event.header_picture = _kept(_harbour(), event, alt="Cranes and ships at dawn")
    event.header_focus_x, event.header_focus_y = 70, 60
    event.logo = _kept(_sign("#1d4f91"), event)
    event.save(update_fields=["header_picture", "header_focus_x", "header_focus_y", "logo"])
    Building.objects.filter(pk__in=[event.building_id]).update(
        latitude=Decimal("51.906400"), longitude=Decimal("4.488000")
    )
    for position, (name, level, link, colour) in enumerate(SPONSORS):
        picture = _kept(_sign(colour, name), event, alt=name) if colour else None
        Sponsor.objects.create(
            event=event, name=name, level=level, link=link, picture=picture, position=position
        )


def _kept(image: Image.Image, event: Event, alt: str = "") -> Picture:
    file = BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return keep(rework(file), event, alt)


def _harbour() -> Image.Image:
    """Cranes and ships before a sky that is getting light."""
    sky = Image.new("RGB", (1, 5))
    for row, colour in enumerate(
        ((22, 45, 92), (62, 98, 150), (196, 150, 150), (250, 196, 140), (255, 226, 178))
    ):
        sky.putpixel((0, row), colour)
    image = sky.resize((1600, 640), Image.Resampling.BICUBIC)
    sun = Image.new("L", image.size)
    ImageDraw.Draw(sun).circle((1130, 330), 110, fill=200)
    image.paste((255, 244, 214), mask=sun.filter(ImageFilter.GaussianBlur(18)))
    pen: Any = ImageDraw.Draw(image)
    pen.rectangle((0, 440, 1600, 640), "#16324f")
    for x, size in ((180, 1.0), (430, 0.8), (620, 0.65), (1340, 0.9)):
        _crane(pen, x, 440, size)
    _ship(pen, 800, 452)
    numbers = Numbers("harbour")
    for _glint in range(150):
        x, y = numbers.between(0, 1600), numbers.between(456, 636)
        pen.line((x, y, x + numbers.between(20, 90), y), "#2c5a86" if abs(x - 1130) > 170 else "#e9b98a", 3)  # noqa: PLR2004
    return image


def _crane(pen: Any, x: float, ground: float, size: float) -> None:
    colour, tall = "#10233a", 250 * size
    pen.line((x, ground, x + 14 * size, ground - tall), colour, round(10 * size))
    pen.line((x + 70 * size, ground, x + 56 * size, ground - tall), colour, round(10 * size))
    pen.line((x - 110 * size, ground - tall, x + 170 * size, ground - tall), colour, round(12 * size))
    top: Point = (x + 35 * size, ground - tall - 70 * size)
    for end in (x - 105 * size, x + 165 * size):
        pen.line((*top, end, ground - tall), colour, 3)
    pen.line((x - 70 * size, ground - tall, x - 70 * size, ground - tall * 0.55), colour, 2)
    pen.rectangle((x - 90 * size, ground - tall * 0.55, x - 50 * size, ground - tall * 0.45), colour)


def _ship(pen: Any, x: float, water: float) -> None:
    pen.polygon([(x, water - 60), (x + 420, water - 60), (x + 380, water), (x + 40, water)], "#0c1b2e")
    for number in range(9):
        colour = ("#9a3412", "#1d4f91", "#0f766e", "#b45309")[number % 4]
        left, rows = x + 30 + 36 * number, 2 + round(math.sin(number) ** 2)
        for row in range(rows):
            pen.rectangle((left, water - 84 - 24 * row, left + 33, water - 63 - 24 * row), colour)
    pen.rectangle((x + 360, water - 150, x + 405, water - 60), "#e8e4da")


def _sign(colour: str, seed: str = "") -> Image.Image:
    """A sign of one colour on nothing: a wheel, or a name below bars of its own."""
    image = Image.new("RGBA", (320, 140))
    pen, numbers = ImageDraw.Draw(image), Numbers(seed)
    if not seed:
        image = Image.new("RGBA", (140, 140))
        pen = ImageDraw.Draw(image)
        pen.circle((70, 70), 44, outline=colour, width=12)
        for spoke in range(8):
            x, y = math.cos(spoke * math.pi / 4), math.sin(spoke * math.pi / 4)
            pen.line((70 + 12 * x, 70 + 12 * y, 70 + 66 * x, 70 + 66 * y), colour, 8)
        return image
    for bar in range(4):
        height = numbers.between(20, 64)
        pen.rounded_rectangle((100 + 32 * bar, 76 - height, 122 + 32 * bar, 76), 6, fill=colour)
    font = ImageFont.truetype(str(FONTS / "DejaVuSans-Bold.ttf"), 24)
    pen.text((160, 108), seed, colour, font, anchor="mm")
    return image
