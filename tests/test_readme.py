"""README and the files around it tell the next person what is where and what has to hold, and it is so."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
SCREEN = 25
APPS = {"config", "events", "registrations", "sessions_app", "waitlists"}
LAYOUT = APPS | {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "manage.py",
    "pyproject.toml",
    "static",
    "templates",
    "tests",
}


def _map() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("### Where is…", 1)[1].split("\n### ", 1)[0]
    return [line for line in section.splitlines() if line.startswith("| ")][2:]


def test_map_names_places_that_exist() -> None:
    rows = _map()
    assert 10 < len(rows) < SCREEN
    for row in rows:
        # `doors.py` after `registrations/rules/refusals.py` stands beside it.
        beside = ROOT
        for name in re.findall(r"`([^`]+)`", row):
            if name == "management/commands":
                assert list(ROOT.glob(f"*/{name}"))
            elif "/" in name:
                found = ROOT / name
                assert found.exists(), f"{name} in: {row}"
                beside = found if found.is_dir() else found.parent
            elif name.endswith(".py"):
                assert (beside / name).exists(), f"{name} in: {row}"


def test_links_lead_to_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_workflow_calls_what_anybody_can_run() -> None:
    """What passes at home passes there: the workflow adds nothing of its own, the hooks are part of it."""
    checks = (ROOT / ".ci/run").read_text(encoding="utf-8")
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    [job] = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [each["repo"] for each in hooks] == ["local"]
    for hook in hooks[0]["hooks"]:
        command = hook["entry"].split(" --")[0]
        assert command in checks, f"{command} is no part of .ci/run"


def test_top_level_holds_what_the_layout_knows() -> None:
    git = shutil.which("git")
    named = git and subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if not named or named.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in named.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} == LAYOUT
