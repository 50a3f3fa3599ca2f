"""The desk's sign-in: our form and limits, then whatever else the account asks for."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from events.forms.signing_in import SignInForm


class SignIn(LoginView):
    """E-mail and password; whoever has a second factor is asked for it before anything is opened."""

    form_class = SignInForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on to the second factor, or in."""
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"email": user.email}, login)
