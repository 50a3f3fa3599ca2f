"""Door codes: how they are made, written into a QR code, said, typed, and read again."""

from __future__ import annotations

import io
import re
import secrets
from functools import cache

import segno
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# Crockford's: no letter that is taken for a digit, and no U, so that fewer words come about that nobody wants to wear.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
PREFIX = "SW1:"
# Longer texts are something else: nothing of ours is a fifth of it.
LONGEST = 300
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans(dict.fromkeys(" -\u2010\u2011\u2012\u2013\u2014\u00a0\t\r\n"))


def new_code() -> str:
    """Return a code that nobody can guess: 60 random bits."""
    return "".join(secrets.choice(ALPHABET) for _each in range(LENGTH))


def written(code: str) -> str:
    """Return the text of the code's QR code: capitals and digits only, so that it stays small."""
    return f"{PREFIX}{code}"


def said(code: str) -> str:
    """Return the code as people read it out and type it."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def read(text: str) -> str | None:
    """Return the code that was scanned or typed, None for anything else.

    Small letters, spaces, dashes, letters that look like digits and a missing beginning are forgiven, and a scanner
    that believes to be another country's keyboard and has another sign for the colon.
    """
    if len(text) > LONGEST:
        return None
    code = text.translate(_BETWEEN).upper()
    if code.startswith(PREFIX[:-1]) and len(code) in {LENGTH + len(PREFIX), LENGTH + len(PREFIX) - 1}:
        code = code[-LENGTH:]
    code = code.translate(_TAKEN_FOR)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def qr_svg(code: str) -> SafeString:
    """Return the code's QR code of 25 modules as inline SVG on a white plate, read on dark pages too."""
    before, after = _plate(_("QR code for the door"))
    return SafeString(f"{before}{_path(_modules(code))}{after}")  # nosec B703 # figures between what segno escaped


def qr_png(code: str) -> bytes:
    """Return the same as a picture for mails, whose programs draw no SVG; 264 pixels wide."""
    picture = io.BytesIO()
    qr_of(code).save(picture, kind="png", border=4, scale=8, dark="#000", light="#fff")
    return picture.getvalue()


def address_svg(address: str, title: str) -> SafeString:
    """Return the QR code of a web address as inline SVG on a white plate."""
    return svg_of(segno.make_qr(address, error="m"), title)


def qr_of(code: str) -> segno.QRCode:
    """Return the code's QR code as the library makes it."""
    # The highest correction that fits: a badge is folded, and a phone has scratches. The mask is given: to weigh all
    # eight takes five times as long, two minutes for ten thousand badges, and they are read equally well.
    return segno.make_qr(written(code), version=2, error="h", mask=2)


# Of one version, correction and mask each bit of what is written turns the same modules over, whatever the others say.
# So a code is the one of zeros, with the modules of its own bits turned: a twentieth of the time of making it.
_SIDE, _BITS_OF_A_PAIR = 25, 11
_VALUES = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_SIGNS = "".join(_VALUES)
_RUN = re.compile("0*1+")


def _modules(code: str) -> int:
    """The modules of the code's QR code, row by row, as the bits of one number."""
    zeros, turned = _turned()
    found = zeros
    for place, of_pair in enumerate(turned):
        value = _VALUES[code[2 * place]] * len(_SIGNS) + _VALUES[code[2 * place + 1]]
        for bit, modules in enumerate(of_pair):
            if value >> bit & 1:
                found ^= modules
    return found


@cache
def _turned() -> tuple[int, list[list[int]]]:
    """The modules of the code of zeros; and of each pair of letters those that each of its bits turns over."""
    pairs = LENGTH // 2
    zeros = _number(qr_of("0" * LENGTH))

    def turned_by(pair: int, bit: int) -> int:
        letters = ["00"] * pairs
        letters[pair] = _SIGNS[(1 << bit) // len(_SIGNS)] + _SIGNS[(1 << bit) % len(_SIGNS)]
        return _number(qr_of("".join(letters))) ^ zeros

    return zeros, [[turned_by(pair, bit) for bit in range(_BITS_OF_A_PAIR)] for pair in range(pairs)]


def _number(code: segno.QRCode) -> int:
    return int("".join(str(module & 1) for row in code.matrix for module in row), 2)


def _path(modules: int) -> str:
    """The dark modules as segno draws them: one line after the other, each from where the one before ended."""
    bits, border = format(modules, f"0{_SIDE * _SIDE}b"), 4
    drawn, x, y = [], 0, -0.5
    for row in range(_SIDE):
        runs = _RUN.findall(bits, row * _SIDE, (row + 1) * _SIDE)
        if not runs:
            continue
        first = runs[0].count("0") + border
        drawn.append(f"m{first - x} {row + border - y:g}h{runs[0].count('1')}")
        drawn += [_line(run) for run in runs[1:]]
        x, y = sum(map(len, runs)) + border, row + border
    return f"M{''.join(drawn)[1:]}"


@cache
def _line(run: str) -> str:
    """The line of a run of dark modules in the row of the one before; of light ones, then dark ones."""
    light = run.count("0")
    return f"m{light} 0h{len(run) - light}"


@cache
def _plate(title: str) -> tuple[str, str]:
    """What stands before and behind the lines of the dark modules, under this title."""
    zeros = qr_of("0" * LENGTH)
    before, _path_of_zeros, after = svg_of(zeros, title).partition(_path(_number(zeros)))
    return before, after


def svg_of(code: segno.QRCode, title: str) -> SafeString:
    """Return a QR code as inline SVG on a white plate, under this title."""
    made = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr-code", lineclass=None, title=title
    )
    # Without a role some screen readers pass over the title.
    return SafeString(made.replace("<svg ", '<svg role="img" ', 1))  # nosec B703 # segno escapes the title
