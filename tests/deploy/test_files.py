"""What is in config/deploy is right: units, proxies and compose file are read by the programs that will read them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from django.core.management import get_commands

from tests.deploy.services import needs

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "config" / "deploy"


def commands_in(text: str) -> set[str]:
    """The management commands that a file of ours runs."""
    return set(re.findall(r"manage\.py[\"', ]+([a-z_]+)", text))


def test_units_are_valid(tmp_path):
    analyze = needs("systemd-analyze")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/srv/seatwise/.venv/bin/python", sys.executable)
        (tmp_path / unit.name.replace("@.", "@8000.")).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(
        [analyze, "verify", "--man=no", *units],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "seatwise" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_compose_file_builds_from_what_is_there_and_its_services_wait_for_services():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        assert service.keys() & {"image", "build"}
        assert {*service.get("depends_on", {})} <= services.keys()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or (DEPLOY / source).is_file()
    build = services["web"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_files_run_commands_that_exist():
    texts = [path.read_text() for path in DEPLOY.rglob("*") if path.is_file()]
    found = set().union(*map(commands_in, texts))
    assert {"serve", "worker", "migrate", "backup", "check_seats"} <= found <= set(get_commands())


def test_reference_names_every_variable_and_no_other():
    reference = (DEPLOY / "README.md").read_text().partition("## Environment")[2]
    rows = [line.split("|")[1] for line in reference.splitlines() if line.startswith("| `")]
    example = re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert [name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)] != []
    assert sorted(name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)) == sorted(example)


def test_links_of_the_page_lead_somewhere():
    for page in DEPLOY.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), target
