"""The language that nobody speaks, written once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.languages import pseudo


@pytest.fixture(scope="session")
def pseudo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled catalogue of the language lies."""
    found = tmp_path_factory.mktemp("locale")
    pseudo.write_catalogue(found)
    return found
