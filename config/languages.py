"""The languages of the product, each called by its own name, and which of them are translated throughout."""

__all__ = ["LANGUAGES", "LANGUAGE_CODE", "LANGUAGE_COOKIE_AGE", "LANGUAGE_COOKIE_NAME"]

LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = "seatwise_language"
LANGUAGE_COOKIE_AGE = 365 * 86_400

# A language stands here once its catalogue is whole: from then on the tests let no text go untranslated in it.
COMPLETE = {"en", "de", "es", "fr"}
