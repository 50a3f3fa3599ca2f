"""What the machinery around each test would do again and again, done once a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

# One option of a list of time zones is a template of its own; no test asks what it was rendered with.
OF_WIDGETS = "django/forms/"


def pytest_collection_finish() -> None:
    """Leave what all tests share (modules, tests, fixtures) out of every later search for garbage."""
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
