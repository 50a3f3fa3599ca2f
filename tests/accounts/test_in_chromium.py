"""A passkey in a real browser: added, then used instead of the password; and every page of the account looked at."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.accounts.codes import totp

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def sign_in_by_form(page) -> None:
    page.goto("/admin/login/")
    page.locator("#id_username").fill("alice@example.com")
    page.locator("#id_password").fill("alice")
    page.get_by_role("button", name="Log in").click()


def say_password_again(page) -> None:
    page.get_by_label("Password").fill("alice")
    page.get_by_role("button", name="Confirm").click()


def give_authenticator(page) -> None:
    """Let Chromium have an authenticator of its own, which always finds its owner present."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize("browser_page", [{"width": 1440}, {"width": 375, "dark": True}], indirect=True)
def test_adds_a_passkey_and_signs_in_with_it_alone(browser_page, alice, screenshot, assert_accessible):
    page = browser_page
    give_authenticator(page)
    sign_in_by_form(page)
    page.get_by_role("link", name="Signing in").click()
    screenshot(page, "account")
    assert_accessible(page, themes=True)
    page.get_by_role("link", name="Add", exact=True).click()
    screenshot(page, "account-again")
    assert_accessible(page, themes=True)
    say_password_again(page)
    page.get_by_label("Name").fill("My telephone")
    page.get_by_label("Sign in without the password").check()
    screenshot(page, "account-passkey")
    assert_accessible(page)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    screenshot(page, "account-codes")
    assert_accessible(page)
    page.get_by_role("link", name="Sessions").click()
    screenshot(page, "account-sessions")
    assert_accessible(page)
    page.get_by_role("button", name="Log out").click()
    page.goto("/admin/login/")
    screenshot(page, "login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/")
    assert page.get_by_text("alice").first.is_visible() or page.get_by_text("Alice").first.is_visible()


@pytest.mark.parametrize(
    "browser_page", [{"width": 1440}, {"width": 375, "dark": True, "javascript": False}], indirect=True
)
def test_an_app_works_with_and_without_javascript(browser_page, alice, screenshot, assert_accessible):
    page, has_javascript = browser_page, browser_page.viewport_size["width"] == 1440

    def look(name):
        screenshot(page, f"{name}-{page.viewport_size['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if has_javascript:
            assert_accessible(page, themes=True)

    page.goto(reverse("account_reset_password"))
    look("account-forgotten")
    sign_in_by_form(page)
    page.goto(reverse("mfa_activate_totp"))
    look("account-again")
    say_password_again(page)
    secret = page.locator("#authenticator_secret").input_value()
    look("account-app")
    page.get_by_label("Authenticator code").fill(totp(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/recovery-codes/**")
    look("account-codes")
    page.goto(reverse("mfa_index"))
    look("account")
    page.goto(reverse("mfa_add_webauthn"))
    assert page.locator("noscript").is_visible() != has_javascript
    look("account-passkey")
    page.goto(reverse("usersessions_list"))
    look("account-sessions")
    page.get_by_role("button", name="Log out").click()
    cache.clear()
    sign_in_by_form(page)
    look("account-code")
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")
