"""The site's own settings, with `framed_site` behind them."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.framed_site"
