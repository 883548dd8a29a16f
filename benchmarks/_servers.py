"""Real servers on loopback, each a process of its own, for as long as a benchmark needs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "pages"
TOKEN = "benchmark"


def environment(**more: str) -> dict[str, str]:
    """This process's environment for a server: bytecode may be written, and whatever `more` says."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return mine | more


def free_port() -> int:
    """A port on which nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One process listening on `port`; `with` waits until it does and ends it afterwards.

    `{port}` in the command is replaced by a free one.
    """

    def __init__(self, name: str, *command: str, **variables: str) -> None:
        self.name = name
        self.port = free_port()
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed when the process has ended)
        self.process = subprocess.Popen(
            [word.replace("{port}", str(self.port)) for word in command],
            cwd=ROOT,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self) -> float:
        """Its resident memory now."""
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, text=True
        )
        return int(shown.stdout) / 1024

    def __enter__(self) -> Server:
        try:
            self._wait_until_it_answers()
        except BaseException as error:  # nobody leaves what has not been entered
            self.__exit__(type(error), error, None)
            raise
        return self

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} did not start: {self.process.args!r}")
            time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if error is not None:
            print(self._said()[-2000:], file=sys.stderr)
        self.log.close()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _said(self) -> str:
        self.log.seek(0)
        return self.log.read()


class Helper:
    """A module that runs beside the servers for as long as the `with` lasts."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL
        )

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        is_well = self._process.poll() is None
        self._process.terminate()
        self._process.wait(10)
        if not is_well:
            raise SystemExit(f"{self._process.args!r} has ended too early.")


def hipflask(page: str, **variables: str) -> Server:
    """`pages/<page>.py`, served by us; open its URLs with `?_token=` + TOKEN."""
    command = [
        str(Path(sys.executable).parent / "hipflask"),
        "--app",
        str(PAGES / f"{page}.py"),
        "serve",
        "--port",
        "{port}",
    ]
    return Server("ours", *command, HIPFLASK_TOKEN=TOKEN, **variables)


def nicegui(page: str, **variables: str) -> Server:
    """`pages/<page>.py`, served by NiceGUI."""
    from . import peers

    return Server("nicegui", peers.python(), str(PAGES / f"{page}.py"), "{port}", **variables)


def streamlit(page: str, **variables: str) -> Server:
    """`pages/<page>.py`, served by Streamlit, without watching files and without sending statistics."""
    from . import peers

    options = ["--server.headless=true", "--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    where = ["--server.address=127.0.0.1", "--server.port={port}"]
    return Server(
        "streamlit",
        peers.python(),
        "-m",
        "streamlit",
        "run",
        str(PAGES / f"{page}.py"),
        *where,
        *options,
        **variables,
    )


def floor(page: str) -> Server:
    """`pages/<page>.py`: the bare ASGI server, with the same libraries that serve us."""
    where = ["--app-dir", str(PAGES), "--host", "127.0.0.1", "--port", "{port}"]
    return Server("floor", sys.executable, "-m", "uvicorn", f"{page}:app", *where, "--log-level", "warning")
