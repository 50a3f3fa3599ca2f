"""A film of QR codes for Chromium's fake camera, in the format that it reads: Y4M, written by hand."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT, FRAMES_A_SECOND = 480, 360, 5


def write_film(path: Path, texts: list[str], *, frames_each: int = 4, frames_between: int = 2) -> None:
    """Write a film that shows each text as a QR code, and nothing (black) before each."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    dark = _frame(None)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for text in texts:
            for luminance in [dark] * frames_between + [_frame(text)] * frames_each:
                film.write(b"FRAME\n" + luminance + grey)


def _frame(text: str | None) -> bytes:
    """One frame's brightness: a white sheet with the code in its middle, or darkness."""
    picture = Image.new("L", (WIDTH, HEIGHT), 0 if text is None else 235)
    if text is not None:
        drawn = io.BytesIO()
        segno.make(text, micro=False, error="m").save(drawn, kind="png", scale=6, border=4)
        code = Image.open(drawn).convert("L")
        picture.paste(code, ((WIDTH - code.width) // 2, (HEIGHT - code.height) // 2))
    return picture.tobytes()
