"""A PostgreSQL server of the tests' own, made from the programs that are installed; it may be stopped and started."""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

import psycopg

#: Where Debian and its kin keep the server's programs, one folder a version.
DEBIAN = Path("/usr/lib/postgresql")
#: The server refuses to run as root; somebody without rights will do.
NOBODY = "nobody"


def find_programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl` of the newest version; None when there is no server."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(
        DEBIAN.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]) if file.parts[-3].isdigit() else 0
    )
    return folders[-1].parent if folders else None


@dataclass(frozen=True)
class Cluster:
    """A server on a port of its own, without passwords, on loopback."""

    programs: Path
    folder: Path
    port: int
    fsync: Literal["on", "off"] = "off"

    def start(self) -> None:
        own = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        options = f"{own} -c fsync={self.fsync} -c max_connections=300"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once and without ceremony, as when a machine fails."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def lay(self) -> None:
        self._run(
            "initdb", "-D", str(self._data), "-U", "fleet", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"
        )

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://fleet@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'create database "{name}"'.encode())
        return self.url(name)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_nobody(), str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)


def _as_nobody() -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(NOBODY)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextmanager
def running_cluster(programs: Path, fsync: Literal["on", "off"] = "off") -> Iterator[Cluster]:
    """A new server for the time of a `with`. `fsync`: whether a commit waits for the disk."""
    folder = Path(mkdtemp(prefix="skill-fleet-pg-"))  # a TemporaryDirectory would be removed by forked processes, too
    if os.geteuid() == 0:
        user = pwd.getpwnam(NOBODY)
        os.chown(folder, user.pw_uid, user.pw_gid)
    cluster = Cluster(programs, folder, _free_port(), fsync)
    owner = os.getpid()
    cluster.lay()
    cluster.start()
    try:
        yield cluster
    finally:
        if os.getpid() == owner:
            cluster.stop()
            shutil.rmtree(folder, ignore_errors=True)


@cache
def find_cluster() -> Cluster | None:
    """One server for all tests of this process; None when PostgreSQL's programs are not installed."""
    programs = find_programs()
    if programs is None:
        return None
    stack = ExitStack()
    atexit.register(_close, stack, os.getpid())
    return stack.enter_context(running_cluster(programs))


def _close(stack: ExitStack, owner: int) -> None:
    """A process that was forked from the one that has the server leaves it alone."""
    if os.getpid() == owner:
        stack.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
