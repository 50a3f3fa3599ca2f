"""The description of the API is valid, complete, agrees with itself, and can be looked at without a CDN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from events.api.description import _written
from events.errors import Refusal
from registrations.api.openapi.refusals import ALWAYS
from registrations.models import WebhookEvent
from registrations.models.webhooks import TEST
from tests.api.agreeing import METHODS, description, resolved, wrong_in

# Refused by pages and the desk only, each with its reason.
NOT_OF_API = {
    "order_over": "of orders, which the API does not change yet",
    "refused": "the base of all",
    "not_permitted": "of staff; a client's scopes are insufficient_scope",
    "too_often": "of the website's forms",
    "link_broken": "of personal links",
    "link_expired": "of personal links",
    "not_saved_yet": "of the desk's forms",
    "pairing_ended": "of phones at doors",
    "not_this_door": "of phones at doors",
    "event_over": "of phones at doors",
    "provider_silent": "of pages on which somebody pays",
    "provider_declined": "of pages on which somebody pays",
    "unknown_provider": "of pages on which somebody pays, and of providers' messages",
    "forged": "of providers' messages",
    "unreadable": "of providers' messages",
}


def operations() -> list[tuple[str, dict[str, Any]]]:
    """Every operation by its method and path."""
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def contents() -> list[tuple[str, dict[str, Any]]]:
    """Every body and every answer that is JSON."""
    found = []
    for name, operation in operations():
        if "requestBody" in operation:
            # A file's parts have no example.
            body = operation["requestBody"]["content"]
            found += [(f"{name} body", body["application/json"])] if "application/json" in body else []
        for status, given in operation["responses"].items():
            answer = resolved(given)
            # What a file holds is no record.
            if "application/json" in answer.get("content", {}):
                found.append((f"{name} {status}", answer["content"]["application/json"]))
    return found


def test_is_valid_without_warnings():
    assert description(validate=True) == description()
    assert description()["info"]["title"] == "Seatwise"
    assert len(operations()) > 30


def test_every_body_and_answer_has_an_example():
    assert [name for name, content in contents() if not content.get("examples")] == []


def test_examples_agree_with_their_schemas():
    wrong = [
        f"{name} {key}: {said}"
        for name, content in contents()
        for key, example in content.get("examples", {}).items()
        if (said := wrong_in(example["value"], content["schema"]))
    ]
    assert wrong == []


def test_example_that_is_wrong_would_be_noticed():
    (content,) = (c for name, c in contents() if name == "GET /api/v1/webhooks/{id} 200")
    example = next(iter(content["examples"].values()))["value"]
    assert (
        wrong_in({**example, "active": "yes"}, content["schema"])
        == "$.active: 'yes' is not of type 'boolean'"
    )


def test_every_operation_says_how_it_refuses_and_has_a_summary():
    lacking = [
        name
        for name, operation in operations()
        if not {str(status) for status in ALWAYS} <= set(operation["responses"]) or not operation["summary"]
    ]
    assert lacking == []


def test_operations_are_named_once():
    names = [operation["operationId"] for _name, operation in operations()]
    names += [methods["post"]["operationId"] for methods in description()["webhooks"].values()]
    assert len(names) == len(set(names))


def test_operations_keep_their_names():
    """Clients that are made from the description call them so: a name is added here, and none is ever changed."""
    kept = (Path(__file__).parent / "openapi" / "operations.txt").read_text().split()
    assert kept == sorted(operation["operationId"] for _name, operation in operations())


def test_is_of_the_dialect_whose_schemas_are_json_schema():
    assert description()["openapi"].startswith("3.1.")
    assert "nullable" not in str(description())


def test_says_whose_it_is(settings):
    said = description()
    assert said["servers"][0]["url"] == said["info"]["contact"]["url"] == settings.SITE_URL
    assert said["info"]["license"]["identifier"] == "MIT"
    used = {tag for _name, operation in operations() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in said["tags"] if tag["description"]}


def test_what_is_read_is_whole_and_what_is_changed_is_named():
    shapes = description()["components"]["schemas"]
    read, changed = shapes["Session"], shapes["PatchedSessionRequest"]
    assert set(read["required"]) == set(read["properties"])
    assert read["properties"]["capacity"]["type"] == ["integer", "null"]
    assert "id" not in changed["properties"]
    assert [
        name for name, shape in shapes.items() if name.startswith("Patched") and "required" in shape
    ] == []


def test_bodies_are_forms_too():
    """All but those with rows, which no form can say, and a file's upload, which is a form only."""
    kinds = {
        name: set(each["requestBody"]["content"]) for name, each in operations() if "requestBody" in each
    }
    everything = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
    assert {name: found for name, found in kinds.items() if found != everything} == {
        "POST /api/v1/registrants/batch": {"application/json"},
        "POST /api/v1/orders": {"application/json"},
        "PUT /api/v1/registrants/{rid}/draws/{draw_id}/wishes": {"application/json"},
        "POST /api/v1/imports": {"multipart/form-data"},
    }


def test_every_message_is_described():
    assert set(description()["webhooks"]) == {*WebhookEvent.values, TEST}


def _codes(kind: type[Refusal]) -> set[str]:
    return {kind.code}.union(*(_codes(each) for each in kind.__subclasses__()))


def test_every_code_of_a_refusal_has_an_example():
    shown = {
        example["value"]["code"]
        for _name, content in contents()
        for example in content["examples"].values()
        if "code" in example["value"]
    }
    assert _codes(Refusal) - shown - set(NOT_OF_API) == set()


def test_table_names_no_operation_that_is_gone():
    from registrations.api.openapi.operations import OPERATIONS

    assert set(OPERATIONS) - {operation["operationId"] for _name, operation in operations()} == set()


@pytest.mark.django_db
def test_description_is_served_to_anybody(client):
    answer = client.get("/api/v1/schema")
    assert answer.status_code == 200
    assert yaml.safe_load(answer.content)["paths"].keys() == description()["paths"].keys()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("browser_page", [{"width": 1280}], indirect=True)
def test_explorer_draws_itself_within_the_policy(browser_page, live_server, screenshot):
    """Swagger UI from our own files: nothing from elsewhere, no violation of the content policy, no error."""
    asked, said = [], []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    browser_page.on("pageerror", lambda error: said.append(str(error)))
    browser_page.goto(f"{live_server.url}/api/v1/docs")
    browser_page.locator(".opblock").first.wait_for()
    assert browser_page.locator(".opblock").count() == len(operations()) + len(description()["webhooks"])
    browser_page.locator("#operations-webhooks-webhooks_create .opblock-summary-control").click()
    browser_page.locator("#operations-webhooks-webhooks_create .opblock-body").wait_for()
    screenshot(browser_page, "api-explorer")
    own = (live_server.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert said == []


@pytest.mark.django_db
@pytest.mark.parametrize("order", [",", ",,,,", "id,", "name,,id", "color"])
def test_order_that_description_does_not_name_is_refused(api, order):
    answer = api.get("/tracks", sort=order)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["sort"])


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/tracks/1000000000000000000", "/nowhere", "/tracks/7/more"])
def test_address_that_leads_nowhere_answers_in_json_to_any_method(path):
    client = Client(enforce_csrf_checks=True)
    for ask in (client.get, client.post, client.put, client.patch, client.delete):
        answer = ask(f"/api/v1{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.django_db
def test_unknown_method_is_405_whatever_else_is_wrong(api):
    answer = api.post("/contacts?fields=&nonsense=1", {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_is_drawn_up_once_by_a_process(client: Client):
    """It takes seconds, and anybody may ask for it."""
    first = client.get("/api/v1/schema", headers={"accept": "application/json"})
    yaml_please = client.get("/api/v1/schema")
    assert first.headers["Content-Type"] == "application/json"
    assert yaml_please.headers["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    before = _written.cache_info()
    assert client.get("/api/v1/schema", headers={"accept": "application/json"}).content == first.content
    after = _written.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
