"""The pages that refusals link to: one for each code that the description knows."""

from __future__ import annotations

import pytest

from tests.api.test_schema import NOT_OF_API, contents

pytestmark = pytest.mark.django_db


def test_every_code_that_is_described_has_a_page(client):
    """Whoever follows the link of a refusal finds its code there."""
    shown = {
        example["value"]["code"]
        for name, content in contents()
        for example in content["examples"].values()
        if name[-3] in "45" and "code" in example["value"]
    }
    assert len(shown) > 25
    lacking = [
        code
        for code in sorted(shown - set(NOT_OF_API))
        if client.get(f"/api/v1/errors/{code}").status_code != 200
    ]
    assert lacking == []


def test_refusal_links_to_its_page(api, client):
    refused = api.get("/tracks/1").json()
    assert refused["documentation_url"].endswith("/api/v1/errors/not_found")
    path = refused["documentation_url"].partition("/api/")[2]
    page = client.get(f"/api/{path}")
    assert (page.status_code, b"not_found" in page.content) == (200, True)
    assert client.get("/api/v1/errors").content.count(b"<section") > 30
    assert client.get("/api/v1/errors/no_such_code").status_code == 404


def test_refusal_names_its_request(api):
    refused = api.get("/tracks/1")
    assert refused.json()["request_id"] == refused["X-Request-ID"]
