"""Door codes: how they are made, written into a QR code, said, typed, and read again."""

from __future__ import annotations

import io
import secrets

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
    return _svg(_qr(code), _("QR code for the door"))


def qr_png(code: str) -> bytes:
    """Return the same as a picture for mails, whose programs draw no SVG; 264 pixels wide."""
    picture = io.BytesIO()
    _qr(code).save(picture, kind="png", border=4, scale=8, dark="#000", light="#fff")
    return picture.getvalue()


def address_svg(address: str, title: str) -> SafeString:
    """Return the QR code of a web address as inline SVG on a white plate."""
    return _svg(segno.make_qr(address, error="m"), title)


def _qr(code: str) -> segno.QRCode:
    # The highest correction that fits: a badge is folded, and a phone has scratches. The mask is given: to weigh all
    # eight takes five times as long, two minutes for ten thousand badges, and they are read equally well.
    return segno.make_qr(written(code), version=2, error="h", mask=2)


def _svg(code: segno.QRCode, title: str) -> SafeString:
    made = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr-code", lineclass=None, title=title
    )
    # Without a role some screen readers pass over the title.
    return SafeString(made.replace("<svg ", '<svg role="img" ', 1))  # nosec B703 # segno escapes the title
