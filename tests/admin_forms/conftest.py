"""The organizer at her desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def desk(client: Client, alice: Any) -> Client:
    """A browser in which Alice is signed in."""
    client.force_login(alice)
    return client


@pytest.fixture
def url() -> Callable[..., str]:
    """Return a function that gives the address of an object's change page, or of one of its verbs."""
    from django.urls import reverse

    def address(obj: Any, what: str = "change", tab: str = "") -> str:
        page = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{what}", args=[obj.pk])
        return f"{page}?tab={tab}" if tab else page

    return address
