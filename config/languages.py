"""The languages of the product, each called by its own name, and which of them are translated throughout."""

LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]

# A language stands here once its catalogue is whole: from then on the tests let no text go untranslated in it.
COMPLETE = {"en"}
