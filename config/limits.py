"""How often strangers may ask, and whose word on a visitor's address is believed: read from the environment."""

import os

# Registrations, new drafts and asked-for links from one network address in ten minutes: a whole audience may stand
# behind one address in the minute when registration opens.
TRIES_PER_NETWORK_ADDRESS = int(os.environ.get("TRIES_PER_NETWORK_ADDRESS", "600"))

# Wrong passwords and wrong secrets of API clients from one network address in ten minutes. A browser in which
# somebody signed in before has a count of its own.
WRONG_SECRETS_PER_NETWORK_ADDRESS = int(os.environ.get("WRONG_SECRETS_PER_NETWORK_ADDRESS", "30"))
# Passwords and secrets that one process hashes at the same time. Each takes a core for a third of a second.
HASHES_AT_ONCE = int(os.environ.get("HASHES_AT_ONCE", "1"))
