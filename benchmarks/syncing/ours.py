"""Our side: a hub on a PostgreSQL in a folder, and devices, all of them processes of their own that talk over sockets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from hipflask.sync.hub.embedded import embedded

from .._servers import environment, free_port
from .work import COLUMNS, Row

ROOT = Path(__file__).parent.parent.parent
APP = ("--app", "benchmarks/syncing/stock.py")


@dataclass
class Hub:
    """A hub that runs, and its database."""

    url: str
    database: str
    folder: Path

    def fill(self, rows: Iterable[Row]) -> None:
        """Put rows into the table as any program would, and wait until the hub has seen them."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY item ({', '.join(COLUMNS)}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            while connection.execute("SELECT EXISTS (SELECT FROM hipflask.outbox)").fetchone() != (False,):
                time.sleep(0.05)
            connection.execute("ANALYZE")

    def token(self, name: str) -> str:
        """A sign-in."""
        said = _run(
            "hub", "--database", self.database, "token", "issue", name, store=self.folder / "hub.sqlite"
        )
        return next(word for word in said.split() if word.startswith("hft_"))


class Device:
    """A device with a store of its own."""

    def __init__(self, name: str, url: str, token: str, folder: Path) -> None:
        store = {"HIPFLASK_STORE": str(folder / f"{name}.sqlite"), "HUB_URL": url, "HUB_TOKEN": token}
        command = [sys.executable, "-m", "benchmarks.syncing.device"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment(**store), text=True, **pipes)  # type: ignore[call-overload]

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have something done; returns what it says."""
        self.begin(do, **arguments)
        return self.end()

    def begin(self, do: str, **arguments: Any) -> None:
        """Have something done, while others do something."""
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of it."""
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A device has ended; what it said stands above.")
        return json.loads(line)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Switch it off."""
        self._process.stdin.close()
        self._process.wait(20)


@contextmanager
def hub(folder: Path) -> Iterator[Hub]:
    """A hub that answers."""
    with ExitStack() as stack:
        database = stack.enter_context(embedded(folder / "postgres"))
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "hipflask.cli",
            *APP,
            "hub",
            "--database",
            database,
            "--port",
            str(port),
        ]
        named = environment(HIPFLASK_STORE=str(folder / "hub.sqlite"))
        process = subprocess.Popen(command, cwd=ROOT, env=named, stdout=subprocess.DEVNULL)
        stack.callback(_end, process)
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health")
        yield Hub(url, database, folder)


@contextmanager
def device(name: str, at: Hub, url: str = "") -> Iterator[Device]:
    """A device that has been switched on, and has exchanged nothing yet; by another address, if one listens on the way."""
    made = Device(name, url or at.url, at.token(name), at.folder)
    try:
        yield made
    finally:
        made.close()


def _run(*arguments: str, store: Path) -> str:
    command = [sys.executable, "-m", "hipflask.cli", *APP, *arguments]
    named = environment(HIPFLASK_STORE=str(store))
    return subprocess.run(command, cwd=ROOT, env=named, check=True, stdout=subprocess.PIPE, text=True).stdout


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The hub did not answer at {url} within half a minute.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
