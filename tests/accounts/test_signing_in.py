"""Staff sign in with a second factor, get their password back, see their sessions and hear of new devices."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from events.models import User
from events.roles import setup_roles
from tests.accounts.codes import totp
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LOGIN, FACTOR = "/admin/login/", "/accounts/2fa/authenticate/"


def sign_in(browser: Client, who: User, password: str = "", **more):
    fields = {"username": who.email, "password": password or who.email.split("@")[0], **more}
    return browser.post(LOGIN, fields)


def is_in(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def set_up(browser: Client, who: User) -> str:
    """Sign in, say the password once more, set up an app and return its secret."""
    sign_in(browser, who)
    asked = browser.get(reverse("mfa_activate_totp"))
    page = browser.post(asked["Location"], {"password": who.email.split("@")[0]}, follow=True)
    secret = page.context["form"].secret
    assert browser.post(reverse("mfa_activate_totp"), {"code": totp(secret)}).status_code == 302
    return secret


@pytest.fixture
def secret(alice) -> str:
    """The secret of Alice's app, set up in another browser. Its used codes are forgotten, as half a minute later."""
    from django.core.cache import cache

    found = set_up(Client(), alice)
    cache.clear()
    return found


def test_the_desk_opens_after_the_second_factor_only(client, alice, secret):
    first = sign_in(client, alice, next="/admin/events/event/")
    assert (first.status_code, first["Location"]) == (302, FACTOR)
    assert not is_in(client)
    wrong = client.post(FACTOR, {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert not is_in(client)
    right = client.post(FACTOR, {"code": totp(secret)})
    assert right["Location"] == "/admin/events/event/"
    assert is_in(client)


def test_a_recovery_code_opens_it_once(client, alice, secret):
    codes = Authenticator.objects.get(user=alice, type="recovery_codes").wrap().get_unused_codes()
    sign_in(client, alice)
    assert client.post(FACTOR, {"code": codes[0]})["Location"] == "/admin/"
    again = Client()
    sign_in(again, alice)
    assert again.post(FACTOR, {"code": codes[0]}).status_code == 200
    assert not is_in(again)


@pytest.mark.once
def test_the_library_speaks_the_houses_words(client, alice, secret):
    """What it says otherwise stands in `config/locale`; `manage.py compilemessages` makes it count."""
    text = (settings.BASE_DIR / "config/locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    words = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE))
    assert {said: gettext(said) for said in words} == words
    sign_in(client, alice)
    pages = [client.get(FACTOR).content.decode()]
    client.post(FACTOR, {"code": totp(secret)})
    client.post(reverse("account_reauthenticate"), {"password": "alice"})
    names = ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn"]
    pages += [client.get(reverse(name), follow=True).content.decode().lower() for name in names]
    assert all("passkey" in page and "security key" not in page for page in pages)


def test_codes_are_guessed_a_few_times_only(client, alice, secret):
    sign_in(client, alice)
    for _guess in range(8):
        client.post(FACTOR, {"code": "000000"})
    assert client.post(FACTOR, {"code": totp(secret)}).status_code == 200
    assert not is_in(client)


def test_secrets_are_stored_so_that_the_database_alone_opens_nothing(alice, secret, settings):
    stored = Authenticator.objects.get(user=alice, type="totp")
    assert secret not in str(stored.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    assert stored.wrap().validate_code(totp(secret))


def test_signing_in_elsewhere_is_told_by_mail_and_at_home_it_is_not(client, alice):
    sign_in(client, alice)
    client.post(reverse("admin:logout"))
    sign_in(client, alice)
    assert mail.outbox == []
    sign_in(Client(HTTP_USER_AGENT="Elsewhere/1.0"), alice)
    [told] = mail.outbox
    assert (told.to, told.subject) == ([alice.email], "[Seatwise] You signed in from a new device")
    assert "Elsewhere/1.0" in told.body


def test_a_mail_server_that_is_away_keeps_nobody_out(client, alice, settings):
    sign_in(Client(), alice)
    settings.EMAIL_BACKEND = "tests.mail.backends.IsDown"
    assert sign_in(client, alice).status_code == 302
    assert is_in(client)


def test_a_forgotten_password_is_set_anew_by_mail(client, alice, settings):
    assert reverse("admin_password_reset") in client.get(LOGIN).content.decode()
    client.post(reverse("account_reset_password"), {"email": alice.email.upper()})
    [told] = mail.outbox
    address = re.search(r"http\S+", told.body)[0]
    assert address.startswith(f"{settings.SITE_URL}/accounts/password/reset/key/")
    form = client.get(address.removeprefix(settings.SITE_URL))["Location"]
    new = {"password1": "a-longer-secret-1", "password2": "a-longer-secret-1"}
    assert client.post(form, new).status_code == 302
    assert not is_in(client)
    sign_in(client, alice, "a-longer-secret-1")
    assert is_in(client)


def test_nobody_is_mailed_whose_account_there_is_not_and_the_page_says_the_same(client, alice):
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": who})
        for who in (alice.email, "nobody@example.com")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [told.to for told in mail.outbox] == [[alice.email]]


def test_all_other_sessions_are_ended_by_one_click(client, alice):
    other = Client(HTTP_USER_AGENT="Old telephone")
    for browser in (other, client):
        sign_in(browser, alice)
    page = client.get(reverse("usersessions_list"))
    assert "Old telephone" in page.content.decode()
    client.post(reverse("usersessions_list"))
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize("path", ["signup/", "login/"])
def test_there_is_one_door_for_passwords_and_nobody_signs_up(client, path):
    answer = client.post(f"/accounts/{path}", {"email": "m@example.com", "password1": "a-longer-secret-1"})
    assert answer.status_code == 302
    assert answer["Location"] == LOGIN
    assert not User.objects.filter(email="m@example.com").exists()


@pytest.mark.parametrize("name", ["mfa_index", "usersessions_list", "mfa_activate_totp"])
def test_strangers_are_sent_to_sign_in(client, name):
    page = client.get(reverse(name), follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)


def test_adding_a_factor_asks_for_the_password_again_and_counts_wrong_ones(client, alice):
    """A session that was left open gives nobody a way in for good."""
    client.force_login(alice)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    again = reverse("account_reauthenticate")
    said = [client.post(again, {"password": "wrong"}) for _try in range(12)]
    assert {each.status_code for each in said} <= {200, 429}
    assert "too often" in said[6].content.decode() or said[6].status_code == 429
    assert client.get(reverse("mfa_activate_totp")).status_code == 302


# Where a second factor is wanted


@pytest.fixture
def required(settings):
    settings.REQUIRE_2FA = True


@pytest.mark.parametrize(
    "role", ["Event Planner", "Registration staff", "Door staff", "Viewer", "Event Administrator"]
)
def test_whoever_sees_people_sets_one_up_first(client, required, role):
    from django.contrib.auth.models import Group

    setup_roles()
    user = UserFactory()
    user.groups.add(Group.objects.get(name=role))
    sign_in(client, user)
    answer = client.get("/admin/events/event/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert "second way of signing in" in client.get(answer["Location"]).content.decode()
    set_up(client, user)
    assert client.get("/admin/events/event/").status_code == 200


def test_whoever_sees_nobody_needs_none_and_the_website_asks_nobody(client, required, alice):
    user = UserFactory()
    sign_in(client, user)
    assert is_in(client)
    admin = Client()
    sign_in(admin, alice)
    assert admin.get("/").status_code == 200
    assert admin.post("/admin/events/event/add/", {"name": "X"}).status_code == 302


def test_somebody_who_lost_everything_is_let_in_again_by_command(client, alice, secret, capsys):
    call_command("reset_second_factor", " Alice@example.com")
    assert "2 second factors taken from alice@example.com." in capsys.readouterr().out
    sign_in(client, alice)
    assert is_in(client)
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@example.com")
