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
# Findings of middle or high severity that were looked at: (check, where) with the reason why it may stay.
LOOKED_AT = {
    (
        "B608",
        "registrations/sql/",
    ): "statements are put together from names of our models; values are parameters",
    ("B308", "events/markdown.py"): "what nh3 has cleaned",
    ("B703", "events/markdown.py"): "what nh3 has cleaned",
    ("B703", "registrations/admin/"): "put together from pieces that each are escaped",
    ("B104", "registrations/demo/"): "compared with, never bound to by itself",
    ("B310", "registrations/demo/"): "an http address made from a host and a port",
}
FREE = re.compile(
    r"MIT|BSD|ISC|Apache|PSF|Python Software|MPL|Mozilla|LGPL|0BSD|Unlicense|CNRI|Zlib|HPND", re.IGNORECASE
)


def test_bandit_finds_nothing_new():
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *CODE, "-ll", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = {(each["test_id"], each["filename"]) for each in json.loads(done.stdout)["results"]}
    known = {
        one
        for one in found
        for check, where in LOOKED_AT
        if (check, True) == (one[0], one[1].startswith(where))
    }
    assert found - known == set()
    unused = {
        key for key in LOOKED_AT if not any(one[0] == key[0] and one[1].startswith(key[1]) for one in found)
    }
    assert unused == set(), "no longer found: take it out of LOOKED_AT"


def test_every_package_is_listed_with_a_free_licence():
    found = licences()
    assert (ROOT / "config/deploy/LICENCES.md").read_text() == page(found), "make it anew, as it says"
    assert [name for name, licence in found.items() if not FREE.search(licence)] == []
