"""How often strangers may ask, and whose word on a visitor's address is believed: read from the environment."""

import os

# Changes of one draft, or by one personal link, in ten minutes.
TRIES_PER_VISITOR = int(os.environ.get("TRIES_PER_VISITOR", "600"))
# Registrations, new drafts and asked-for links from one network address in ten minutes. A whole audience may stand
# behind one address in the minute when registration opens: a larger event allows more, three for each of its seats.
TRIES_PER_NETWORK_ADDRESS = int(os.environ.get("TRIES_PER_NETWORK_ADDRESS", "600"))
# Forms that end in a registration or a mail, sent to one address of the site in a minute: beyond it (a larger event
# allows a fifth of its seats) each sender's browser does a small sum first, or is given a turn.
FORMS_PER_MINUTE = int(os.environ.get("FORMS_PER_MINUTE", "300"))
# A page asked for longer ago than this is not drawn any more: a short one says that it is busy here, and asks again.
BUSY_AFTER_SECONDS = float(os.environ.get("BUSY_AFTER_SECONDS", "10"))

# Wrong passwords and wrong secrets of API clients from one network address in ten minutes. A browser in which
# somebody signed in before has a count of its own.
WRONG_SECRETS_PER_NETWORK_ADDRESS = int(os.environ.get("WRONG_SECRETS_PER_NETWORK_ADDRESS", "30"))
# How many proxies of ours stand in front, one behind the other, or the networks in which they stand: only what these
# note of a visitor's address and of https is believed.
TRUSTED_PROXIES = os.environ.get("TRUSTED_PROXIES") or os.environ.get("BEHIND_PROXY") or "0"
# Ports that webhooks may be sent to besides 80, 443 and 8443.
WEBHOOK_ALLOWED_PORTS = [
    int(port) for port in os.environ.get("WEBHOOK_ALLOWED_PORTS", "").split(",") if port.strip()
]
# Whom to tell of a weakness of this site: mailto:security@example.org or an https address. Empty: no security.txt.
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "")
# Passwords and secrets that one process hashes at the same time. Each takes a core for a third of a second.
HASHES_AT_ONCE = int(os.environ.get("HASHES_AT_ONCE", "1"))
