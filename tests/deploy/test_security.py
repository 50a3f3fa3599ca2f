"""What is installed and what is written: no finding of bandit that nobody has looked at, no licence that surprises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.deploy.licences import licences, page

ROOT = Path(__file__).parent.parent.parent
CODE = ["config", "events", "sessions_app", "waitlists", "registrations", "manage.py"]
FREE = re.compile(
    r"MIT|BSD|ISC|Apache|PSF|Python Software|MPL|Mozilla|LGPL|0BSD|Unlicense|CNRI|Zlib|HPND", re.IGNORECASE
)


def test_bandit_finds_nothing_of_middle_or_high_severity():
    """What was looked at and may stay says so in its own line, with the reason."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *CODE, "-ll", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = [
        (each["test_id"], each["filename"], each["line_number"])
        for each in json.loads(done.stdout)["results"]
    ]
    assert found == []


def test_every_package_is_listed_with_a_free_licence():
    found = licences()
    assert (ROOT / "config/deploy/LICENCES.md").read_text() == page(found), "make it anew, as it says"
    assert [name for name, licence in found.items() if not FREE.search(licence)] == []
