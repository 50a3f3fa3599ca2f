"""Settings are safe when nothing is set: each case starts a fresh interpreter with its own environment."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.logs import WithoutPersonalLinks

ROOT = Path(__file__).parent.parent
OURS = (
    "HSTS_",
    "BEHIND_PROXY",
    "TRUSTED_",
    "SEATWISE_",
    "DJANGO_",
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "CACHE_URL",
    "MEDIA_ROOT",
    "SECRET_KEY",
)
ASK = """
import json, sys
from config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that loads the settings with this environment and returns the named ones."""

    def run(*names: str, **environment: str) -> dict[str, Any]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        done = subprocess.run(
            [sys.executable, "-c", ASK, *names],
            env=clean
            | {"SEATWISE_DATA": str(tmp_path), "SITE_URL": "https://events.example.org"}
            | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.splitlines()[-1]}

    return run


def test_refuses_to_start_without_secret(ask):
    assert "Set SECRET_KEY" in ask("DEBUG")["error"]


def test_refuses_to_start_without_the_address_that_mails_point_to(ask):
    assert "Set SITE_URL" in ask("DEBUG", SECRET_KEY="x", SITE_URL="")["error"]


def test_refuses_unknown_profile(ask):
    assert "SEATWISE_PROFILE is 'debug'" in ask("DEBUG", SEATWISE_PROFILE="debug")["error"]


def test_counts_together_in_a_shared_cache(ask):
    given = ask("CACHES", SECRET_KEY="x", CACHE_URL="redis://127.0.0.1:6379/0")["CACHES"]["default"]
    assert (given["BACKEND"].rsplit(".")[-1], given["LOCATION"]) == (
        "ForgivingRedis",
        "redis://127.0.0.1:6379/0",
    )
    assert "CACHE_URL begins with" in ask("CACHES", SECRET_KEY="x", CACHE_URL="memcached://x")["error"]


def test_refuses_database_that_is_neither(ask):
    given = ask("DEBUG", SECRET_KEY="x", DATABASE_URL="mysql://localhost/seatwise")
    assert "DATABASE_URL must begin with postgresql://" in given["error"]
    given = ask("DEBUG", SECRET_KEY="x", DATABASE_REPLICA_URL="replica.example.org")
    assert "DATABASE_REPLICA_URL must begin with postgresql://" in given["error"]


def test_is_safe_when_only_the_secret_is_set(ask):
    names = (
        "DEBUG",
        "ALLOWED_HOSTS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_HSTS_PRELOAD",
        "TRUSTED_PROXIES",
        "X_FRAME_OPTIONS",
    )
    assert ask(*names, SECRET_KEY="x") == {
        "DEBUG": False,
        "ALLOWED_HOSTS": [],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "TRUSTED_PROXIES": "0",
        "X_FRAME_OPTIONS": "DENY",
    }


def test_binds_other_sites_below_its_name_only_when_asked(ask):
    names = ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    asked = {"HSTS_INCLUDE_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}
    assert set(ask(*names, SECRET_KEY="x", **asked).values()) == {True}


@pytest.mark.parametrize("proxies", [{"BEHIND_PROXY": "1"}, {"TRUSTED_PROXIES": "1"}])
def test_believes_in_https_behind_a_proxy_only(ask, proxies):
    names = ("SECURE_PROXY_SSL_HEADER", "TRUSTED_PROXIES")
    assert ask(*names, SECRET_KEY="x", **proxies)["TRUSTED_PROXIES"] == "1"
    assert "SECURE_PROXY_SSL_HEADER" in ask(*names, SECRET_KEY="x")["error"]


@pytest.mark.parametrize("profile", ["production", "demo", "test"])
def test_never_allows_inline_code(ask, profile):
    policy = ask("CONTENT_SECURITY_POLICY", SECRET_KEY="x", SEATWISE_PROFILE=profile)
    assert "unsafe-inline" not in json.dumps(policy)
    assert "unsafe-eval" not in json.dumps(policy)


def test_makes_and_keeps_secret_of_demo(ask, tmp_path):
    first = ask("SECRET_KEY", SEATWISE_PROFILE="demo")
    assert ask("SECRET_KEY", SEATWISE_PROFILE="demo") == first
    assert len(first["SECRET_KEY"]) > 50
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("profile", "synchronous"), [("production", "FULL"), ("demo", "NORMAL"), ("test", "NORMAL")]
)
def test_keeps_acknowledged_writes_of_sqlite(ask, profile, synchronous):
    database = ask("DATABASES", SECRET_KEY="x", SEATWISE_PROFILE=profile)["DATABASES"]["default"]
    assert database["ENGINE"] == "config.sqlite"
    assert database["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "cached_statements": 500,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};",
    }


def test_reads_every_part_of_postgresql_address(ask):
    url = "postgresql://sea%40t:p%2Fw@db.example.org:6543/seats?sslmode=require"
    database = ask("DATABASES", SECRET_KEY="x", DATABASE_URL=url)["DATABASES"]["default"]
    parts = {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert parts == {
        "NAME": "seats",
        "USER": "sea@t",
        "PASSWORD": "p/w",
        "HOST": "db.example.org",
        "PORT": "6543",
    }
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout=3000" in database["OPTIONS"]["options"]


def test_reads_socket_of_postgresql_address(ask):
    url = "postgresql://postgres@/seats?host=/run/postgresql"
    assert (
        ask("DATABASES", SECRET_KEY="x", DATABASE_URL=url)["DATABASES"]["default"]["HOST"]
        == "/run/postgresql"
    )


@pytest.mark.postgres
def test_isolates_transactions_as_the_locks_expect(db):
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)


def test_names_every_setting_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = {line.split("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("#")}
    code = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    read = set(re.findall(r"(?:environ\.get|_list)\(\s*\"([A-Z0-9_]+)\"", code))
    assert read == named


def test_logs_no_token_of_a_personal_link():
    record = logging.makeLogRecord(
        {
            "msg": "%s: %s",
            "args": ("Gone", "/pycon/me/47afcafb.1.9S0UJ_2x-k/seat/abc/add/?next=/pycon/me/xyz"),
        }
    )
    assert WithoutPersonalLinks().filter(record)
    assert record.getMessage() == "Gone: /pycon/me/…/seat/abc/add/?next=/pycon/me/…"
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["personal_links"]
