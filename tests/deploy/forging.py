"""Headers that a visitor forges, and a server that says what it was sent: what does a proxy let through?"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler

FORGED = {
    "X-Forwarded-For": "192.0.2.66",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=192.0.2.66;proto=gopher",
    "X-Real-IP": "192.0.2.66",
}


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
