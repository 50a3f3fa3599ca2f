"""`uv run python -m tests.languages make|give|take|compile|check`: see `config/locale/README.md`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return 1 where something is refused or wrong."""
    os.environ.setdefault("SEATWISE_PROFILE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    asked = _parser().parse_args(arguments)
    return int(asked.do(asked) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.languages")
    commands = parser.add_subparsers(required=True)
    commands.add_parser("make", help="bring all catalogues up to date with the source").set_defaults(do=_make)
    commands.add_parser("compile", help="compile all catalogues").set_defaults(do=_compile)
    commands.add_parser("check", help="say what is wrong with the catalogues").set_defaults(do=_check)
    give = commands.add_parser("give", help="write what is untranslated as JSON")
    give.add_argument("language")
    give.add_argument("folder", type=Path)
    give.add_argument("--per-file", type=int, default=120)
    give.add_argument(
        "--everything", action="store_true", help="also what is translated, to read it once more"
    )
    give.set_defaults(do=_give)
    take = commands.add_parser("take", help="put translations from JSON into the catalogue")
    take.add_argument("language")
    take.add_argument("files", type=Path, nargs="+")
    take.set_defaults(do=_take)
    return parser


def _make(_asked: argparse.Namespace) -> None:
    from tests.languages import catalogues, state

    for language in catalogues.TRANSLATED:
        new, gone = catalogues.make(language)
        print(f"{language}: {new} new, {gone} gone; {state.said(language)}")


def _compile(_asked: argparse.Namespace) -> None:
    from tests.languages import catalogues

    for language in ["en", *catalogues.TRANSLATED]:
        catalogues.compile_one(language)


def _check(_asked: argparse.Namespace) -> int:
    from tests.languages import catalogues, state

    wrong = 0
    for language in catalogues.TRANSLATED:
        print(f"{language}: {state.said(language)}")
        for fault in state.faults_of(language):
            print(f"  {fault}")
            wrong = 1
    return wrong


def _give(asked: argparse.Namespace) -> None:
    from tests.languages import exchange

    for path in exchange.give(
        asked.language, asked.folder, per_file=asked.per_file, everything=asked.everything
    ):
        print(path)


def _take(asked: argparse.Namespace) -> int:
    from tests.languages import exchange, state

    taken, refused = exchange.take(asked.language, asked.files)
    print(*refused, sep="\n")
    print(f"{taken} taken, {len(refused)} refused; {state.said(asked.language)}")
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
