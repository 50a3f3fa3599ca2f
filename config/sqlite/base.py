"""The backend that Django loads by `ENGINE`."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base

from config.sqlite.connection import Connection

# What begins so takes the file's lock. `WITH … INSERT` outside a transaction waits for that lock alone.
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE")


class Cursor(base.SQLiteCursorWrapper):
    """One that waits for its connection's turn before it writes, or begins a transaction that will."""

    connection: Connection

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        self._take_turn(query)
        try:
            return super().execute(query, params)
        finally:
            self.connection.end_turn()

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each of many values."""
        self._take_turn(query)
        try:
            return super().executemany(query, param_list)
        finally:
            self.connection.end_turn()

    def _take_turn(self, query: str) -> None:
        if not self.connection.in_transaction and query.lstrip()[:15].upper().startswith(WRITING):
            self.connection.take_turn()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with connections and cursors that write in turn."""

    def get_connection_params(self) -> dict[str, Any]:
        """How to open the file."""
        return {**super().get_connection_params(), "factory": Connection}

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 # Django's name for it
        """A cursor that writes in turn."""
        return self.connection.cursor(factory=Cursor)
