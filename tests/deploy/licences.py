"""`uv run python -m tests.deploy.licences > config/deploy/LICENCES.md`: what production installs, and its licences."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
HEAD = """# Licences of the packages that production installs

Made by `uv run python -m tests.deploy.licences > config/deploy/LICENCES.md` from what each package says about itself.

| package | licence |
| --- | --- |
"""
VENDOR = ROOT / "static" / "vendor"
# By what stands in the text of each kind, the first that fits.
_KINDS = [("Apache License", "Apache-2.0"), ("Bitstream Vera", "Bitstream-Vera"), ("", "MIT")]
VENDORED_HEAD = """
Copied into `static/vendor`, each with its licence's text beside it; browsers get them from this site alone.

| what | licence |
| --- | --- |
"""


def licences() -> dict[str, str]:
    """Return each package of `uv sync --no-dev --all-extras` with its licence, in one line."""
    command = [
        "uv",
        "export",
        "--quiet",
        "--no-dev",
        "--all-extras",
        "--no-hashes",
        "--no-emit-project",
        "--no-header",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [
        Requirement(line) for line in done.stdout.splitlines() if line and not line.startswith((" ", "#"))
    ]
    return {one.name: _of(one.name) for one in lines if one.marker is None or one.marker.evaluate()}


def _of(name: str) -> str:
    facts = metadata.distribution(name).metadata
    classes = [
        line.split(" :: ")[-1] for line in facts.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    return (
        facts.get("License-Expression") or ", ".join(classes) or (facts.get("License") or "").split("\n")[0]
    )


def vendored() -> dict[str, str]:
    """Return what lies in `static/vendor` with its licence: the name of the text that lies beside it."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(VENDOR.glob("*.LICENSE"))}
    return {name: next(kind for sign, kind in _KINDS if sign in text) for name, text in texts.items()}


def page(found: dict[str, str]) -> str:
    """Return the whole page."""
    return HEAD + _rows(found) + VENDORED_HEAD + _rows(vendored())


def _rows(found: dict[str, str]) -> str:
    return "".join(f"| {name} | {licence} |\n" for name, licence in found.items())


if __name__ == "__main__":
    print(page(licences()), end="")
