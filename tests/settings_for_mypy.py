"""The settings that mypy's Django plugin reads: the test profile needs nothing from the environment."""

import os

os.environ.setdefault("SEATWISE_PROFILE", "test")

from config.settings import *  # noqa: F403
