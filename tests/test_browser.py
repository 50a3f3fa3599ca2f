"""The browser fixtures do what they say: a page that is wrong is found to be wrong."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("browser_page", [{"width": 320, "dark": True}], indirect=True)
def test_opens_browser_as_narrow_and_dark_as_asked(browser_page):
    browser_page.goto("/static/admin/css/base.css")
    assert browser_page.evaluate("window.innerWidth") == 320
    assert browser_page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_finds_barrier_on_page_with_strict_policy(browser_page, assert_accessible):
    browser_page.goto("/admin/login/")
    assert_accessible(browser_page)
    browser_page.evaluate("document.querySelector('label[for=id_username]').remove()")
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(browser_page)


def test_signs_in_without_form(browser_page, sign_in, alice):
    sign_in(browser_page, alice)
    browser_page.goto("/admin/")
    assert browser_page.locator("#user-tools").count() == 1
