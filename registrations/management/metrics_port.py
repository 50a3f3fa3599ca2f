"""/metrics on a port of its own, for a network that only the monitoring reaches."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connections

from registrations.website.metrics import text


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The figures, at whatever path."""
        try:
            body = text()
        finally:
            connections.close_all()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Prometheus asks every few seconds: that is no news."""


def serve(host: str, port: int) -> ThreadingHTTPServer:
    """Answer there, in a thread, until the process ends; raises OSError where somebody else listens."""
    server = ThreadingHTTPServer((host, port), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
