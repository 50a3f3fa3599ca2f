"""How staff sign in: django-allauth behind our own form, with a second factor, passkeys and a list of sessions."""
