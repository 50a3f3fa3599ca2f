"""What a backup says about itself: who made it, from what, and what each of its files must contain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

FORMAT = 1
NAME = "manifest.json"
_SALT = "seatwise.backup"
NOTE = (
    "Keep SECRET_KEY too, apart from this folder: it is not in here. Without it no personal link and no QR code that"
    " was ever mailed opens again."
)


class BackupRefused(Exception):
    """Something about the backup or its target is not as it must be; the sentence says what."""


@dataclass
class Manifest:
    """One backup's own description. `key` recognises the SECRET_KEY in force then, and does not tell it."""

    made_at: str
    version: str
    # sqlite | postgresql; and the version of what wrote the database's file, the first number of it for PostgreSQL.
    database: str
    tool: int
    migrations: list[str]
    files: dict[str, str]
    key: str
    note: str = NOTE
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into the folder."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the folder's; refuse a folder that is no backup of ours, or of a form from the future."""
        try:
            found = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                raise BackupRefused(f"The backup has form {found['format']}; this version reads {FORMAT}.")
            return cls(**found)
        except FileNotFoundError as error:
            raise BackupRefused(f"{folder} has no {NAME}: it is no backup, or not a whole one.") from error
        except (ValueError, TypeError, KeyError) as error:
            raise BackupRefused(f"{folder / NAME} cannot be read ({error}).") from error

    def check_files(self, folder: Path) -> None:
        """Refuse when a file is missing, is another one than was written, or was put in later."""
        found = checksums(folder)
        for name in sorted(self.files.keys() | found.keys()):
            if name not in found:
                raise BackupRefused(f"{name} is missing in the backup.")
            if name not in self.files:
                raise BackupRefused(f"{name} does not belong to the backup.")
            if self.files[name] != found[name]:
                raise BackupRefused(f"{name} is damaged: its checksum is not the one in {NAME}.")

    def knows_secret(self) -> bool:
        """True when links made under the backup's SECRET_KEY open with the keys of today."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(constant_time_compare(self.key, fingerprint(key)) for key in keys)


def fingerprint(secret: str) -> str:
    """Return what recognises a SECRET_KEY."""
    return salted_hmac(_SALT, "fingerprint", secret=secret, algorithm="sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below the folder, but for the manifest's."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
