"""The catalogues of the languages: made from the source, filled by translators, checked and compiled.

`uv run python -m tests.languages` is the tool, `config/locale/README.md` says how translators use it.
"""
