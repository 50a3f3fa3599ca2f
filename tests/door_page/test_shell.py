"""The door page as it is handed out: for everybody alike, kept whole by the service worker, nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from config.static_files import StaticFiles
from registrations.door.shell import FILES, WORKER, version

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"


@pytest.fixture
def page(client: Any) -> Any:
    return client.get("/door/")


def test_page_is_the_same_for_everybody_and_leaves_no_cookie(client, page):
    client.cookies["seatwise_door"] = "a-device"
    assert client.get("/door/").content == page.content
    assert (page.status_code, page.cookies.output(), page["Cache-Control"]) == (200, "", "no-cache")


def test_only_this_page_may_run_the_reader(client, page, db):
    policy = page["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "worker-src 'self'" in policy
    assert not re.search(r"https?:|blob:|'unsafe-(inline|eval)'", policy)
    assert "wasm" not in client.get("/")["Content-Security-Policy"]


def test_service_worker_keeps_all_that_the_page_needs(client, page):
    worker = client.get("/door/service-worker.js")
    assert (worker["Content-Type"], worker["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
    text = worker.content.decode()
    assert f'VERSION = "{version()}"' in text
    modules = {f"js/door/{path.name}" for path in (STATIC / "js/door").glob("*.js")} - {WORKER}
    named = set(re.findall(r'"/static/([^"?]+)"', page.content.decode()))
    assert (modules | named) - set(FILES) == set()
    assert all(f'"/static/{name}"' in text for name in FILES)


def test_a_phone_can_keep_the_page_among_its_apps(client, page):
    assert 'rel="manifest" href="/door/app.webmanifest"' in page.content.decode()
    answer = client.get("/door/app.webmanifest")
    said = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["start_url"], said["scope"], said["display"]) == ("/door/", "/door/", "standalone")
    for icon in said["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


def test_reader_is_the_one_that_fits_and_is_asked_of_this_site_alone():
    reader = (VENDOR / "barcode-detector/zxing-exported.js").read_text(encoding="utf-8")
    module = (VENDOR / "zxing-wasm/zxing_reader.wasm").read_bytes()
    assert f'"{hashlib.sha256(module).hexdigest()}"' in reader
    assert "sourceMappingURL" not in reader
    assert "locateFile: () => wasm" in (STATIC / "js/door/camera.js").read_text(encoding="utf-8")
    licences = {path.stem for path in VENDOR.glob("*.LICENSE")}
    assert {"barcode-detector", "zxing-wasm", "zxing-cpp"} <= licences


def test_scripts_import_each_other_by_the_names_that_never_change(tmp_path):
    """Two versions of the site never mix on one phone: what a script imports is of its own version."""
    collected = StaticFiles(location=tmp_path, base_url="/static/")
    paths = {}
    for name in FILES:
        home = FileSystemStorage(location=str(finders.find(name)).removesuffix(name))
        paths[name] = (home, name)
        collected.save(name, home.open(name))
    errors = [done for *_names, done in collected.post_process(paths) if isinstance(done, Exception)]
    assert errors == []
    for name in FILES:
        if name.endswith(".js"):
            text = (tmp_path / collected.hashed_files[name]).read_text(encoding="utf-8")
            plain = [used for used in re.findall(r'from "\./([^"]+)"', text) if used.count(".") != 2]
            assert plain == [], name


def test_all_but_maps_of_sources_is_compressed(tmp_path):
    collected = StaticFiles(location=tmp_path, base_url="/static/")
    names = [collected.save(name, ContentFile(b"long enough " * 99)) for name in ("a.js", "a.js.map")]
    assert {*collected.compress_files(names)} == {("a.js", "a.js.br"), ("a.js", "a.js.gz")}
