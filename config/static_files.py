"""Addresses of the site's own files, worked out once a process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Scripts that import each other: the names in them get their hashes as well, so that no version mixes with another.
MODULES = ("js/door/*.js", "vendor/barcode-detector/*.js")
_FROM = (r"""(?P<matched>from "(?P<url>\./[^"]+)";)""", 'from "%(url)s";')


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's hashed and compressed files; a page names a dozen, and none changes while a process runs."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((folder, (_FROM,)) for folder in MODULES),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def compress_files(self, paths: Iterable[str]) -> Any:
        """Leave each compressed beside itself, but for maps of sources: half the time, for no reader."""
        return super().compress_files({path for path in paths if not path.endswith(".map")})

    def url(self, name: str, force: bool = False) -> str:
        """The file's address, with the hash of what is in it."""
        if force:
            # While files are collected their hashes are still being made.
            return super().url(name, force)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]
