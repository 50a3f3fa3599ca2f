"""Fill in a form of the desk as a browser without JavaScript would: what the page shows is what is sent."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Form(HTMLParser):
    """Collects the controls of the one form with this id, or, where it has none, this class."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.data: dict[str, list[str]] = {}
        self.disabled: set[str] = set()
        self._select: dict[str, Any] | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("id", given.get("class")) == self.form_id
        if not self.inside:
            return
        name = given.get("name") or ""
        if "disabled" in given and name:
            self.disabled.add(name)
            return
        if tag == "input":
            self._input(name, given)
        elif tag == "select":
            self._select = {"name": name, "values": [], "first": None, "many": "multiple" in given}
        elif tag == "option" and self._select is not None:
            self._option(given)
        elif tag == "textarea":
            self._area, self.data[name] = name, [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None:
            values = self._select["values"]
            if not values and not self._select["many"] and self._select["first"] is not None:
                values = [self._select["first"]]
            self.data[self._select["name"]] = values
            self._select = None

    def handle_data(self, text: str) -> None:
        if self._area is not None:
            self.data[self._area][0] += text

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type", "text")
        if kind in {"submit", "file", "button"} or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        value = given.get("value")
        self.data.setdefault(name, []).append("on" if kind == "checkbox" and value is None else value or "")

    def _option(self, given: dict[str, str | None]) -> None:
        assert self._select is not None
        value = given.get("value") or ""
        if self._select["first"] is None:
            self._select["first"] = value
        if "selected" in given:
            self._select["values"].append(value)


def read(response: Any, form_id: str) -> _Form:
    """The form on the page."""
    form = _Form(form_id)
    form.feed(response.content.decode())
    assert form.data, f"no form {form_id} on the page"
    form.data.pop("", None)
    return form


def change(client: Client, url: str, form_id: str, /, **typed: Any) -> Any:
    """Open the page, type, and save and continue; a value of None empties or unticks the control."""
    page = client.get(url)
    assert page.status_code == 200, page
    return client.post(url, {**_typed_into(read(page, form_id).data, typed), "_continue": "1"})


def confirm(client: Client, url: str, page: Any, /, **more: Any) -> Any:
    """Press the button on the page that says first who is affected."""
    return client.post(url, {**read(page, "sw-confirm").data, "_confirmed": "1", **more})


def _typed_into(data: dict[str, list[str]], typed: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = dict(data)
    for name, value in typed.items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value
    return sent


def errors(response: Any) -> dict[str, list[str]]:
    """The form's errors by field, of an answer that shows the form again."""
    return {name: list(found) for name, found in response.context["adminform"].form.errors.items()}


def said(client: Client, response: Any) -> list[str]:
    """The messages on the page that a redirect leads to."""
    assert response.status_code == 302, errors(response) if response.context else response
    return [str(message) for message in client.get(response["Location"]).context["messages"]]
