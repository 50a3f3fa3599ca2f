"""What the machinery around each test would do again and again, done once a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

# One option of a list of time zones is a template of its own; no test asks what it was rendered with.
OF_WIDGETS = "django/forms/"


def pytest_collection() -> None:
    """Look for no garbage while nothing but what stays is made."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what all tests share (modules, tests, fixtures) out of every later search for garbage."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Each test's browser has its own middleware, which would search all folders for static files again."""
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    search, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def remember(middleware: WhiteNoiseMiddleware) -> None:
        asked = (middleware.static_prefix, *settings.STATICFILES_DIRS)
        if asked not in found:
            search(middleware)
            found[asked] = dict(middleware.files)
        middleware.files.update(found[asked])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remember)
        yield


@pytest.fixture(scope="session", autouse=True)
def _widgets_leave_no_context(django_test_environment: None) -> Iterator[None]:
    """The test client is told of each template, and copies its context: of pages, no longer of widgets."""
    from django.template import Template

    tell_and_render = Template._render

    def render(template: Template, context: Any) -> Any:
        if (template.name or "").startswith(OF_WIDGETS):
            return template.nodelist.render(context)
        return tell_and_render(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def _columns_are_told_apart_once(django_test_environment: None) -> Iterator[None]:
    """Where rows are ordered, Django binds a signature anew to tell each column of each statement from the others."""
    from django.db.models.expressions import Col

    reckon, known = Col.identity.func, {}

    def identity(column: Col) -> Any:
        # How it was made counts as well. Its fields are kept, and so their ids.
        given, named = column._constructor_args
        fields = (id(column.target), id(column.output_field))
        of = (type(column), column.alias, *fields, len(given), *named)
        if of not in known:
            known[of] = reckon(column), column.target, column.output_field
        return known[of][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Col, "identity", property(identity), raising=False)
        yield
