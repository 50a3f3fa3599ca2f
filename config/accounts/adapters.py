"""What django-allauth asks of us: who may sign in, where from, what is told afterwards, how secrets are kept."""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from events.errors import Refusal
from events.limits import address_of
from events.signing_in import is_known_device, remember_device

logger = logging.getLogger(__name__)


class StaffAccounts(DefaultAccountAdapter):
    """Accounts of staff: made on the desk or the command line, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that all our limits count by."""
        return address_of(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk."""
        return reverse("admin:index")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Where one signs in again."""
        return reverse("admin:login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the mail: our own name, whatever name the request was sent to."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """True for the user's own password, tried as often as when signing in. Raises ValidationError beyond that."""
        try:
            found = authenticate(self.request, username=user.email, password=password)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        """Remember the browser, and tell the user by mail where it was not known yet."""
        is_known, is_first = is_known_device(request, user.email), not user.had_signed_in
        response = super().post_login(request, user, **more)
        remember_device(response, user.email)
        if not (is_known or is_first):
            self.send_notification_mail("account/email/new_device", user, email=user.email)
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and keep whether it is the first time: nobody is told of a new device then."""
        user.had_signed_in = user.last_login is not None
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth's; a mail server that does not answer keeps nobody from signing in."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            logger.warning("mail %s was not sent: %s", template_prefix, type(error).__name__)


class SecondFactors(DefaultMFAAdapter):
    """Second factors, with their secrets kept encrypted: a backup without SECRET_KEY opens nothing."""

    def get_totp_issuer(self) -> str:
        """What the app shows the code under."""
        return "Seatwise"

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the stored secret."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_from(key)) for key in keys])


def _key_from(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"second factors:" + secret.encode()).digest())
