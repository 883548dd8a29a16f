"""Hubs as processes of their own, as `hipflask hub` starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import hubapp
from click.testing import CliRunner
from flask.cli import ScriptInfo

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.commands import hub
from hipflask.sync.messages import Hello
from hipflask.sync.rules import kinds

APP = str(Path(hubapp.__file__))
SCHEMA = kinds(shared_tables(hubapp.db.metadata))
_PROGRAM = """
{before}
import hipflask.sync.hub.pushes as pushes, hipflask.sync.hub.running as running
running.END_SECONDS, running.SILENT_SECONDS, pushes.LOCK_MS = {end}, {silent}, {lock_ms}
from hipflask.cli import main
main()
"""


class Hub:
    """One of them, on any free port."""

    def __init__(
        self,
        url: str | None,
        *options: str,
        end: float = 10.0,
        silent: int = 10,
        lock_ms: int = 5_000,
        before: str = "",
        **environment: str,
    ) -> None:
        self.lines: list[str] = []
        variables = {**os.environ, **environment, **({} if url is None else {"HUB_DATABASE": url})}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _PROGRAM.format(before=before, end=end, silent=silent, lock_ms=lock_ms),
                "--app",
                APP,
                "hub",
                "--port",
                "0",
                *options,
            ],
            stderr=subprocess.PIPE,
            text=True,
            env=variables,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if "Ctrl+C" in line:
                break
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr or ()))
        self._reader.start()
        found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", self.said)
        assert found, self.said
        self.port = int(found.group(1))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.ended()

    def ended(self, seconds: float = 30) -> int:
        """Its exit code, once it has ended."""
        code = self.process.wait(seconds)
        self._reader.join()
        self.process.stderr.close()  # type: ignore[union-attr]
        return code

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.terminate()
            self.ended()


def shell(url: str, *words: str) -> str:
    """What `hipflask hub …` says."""
    result = CliRunner().invoke(
        hub,
        ["--database", url, *words],
        obj=ScriptInfo(create_app=lambda: hubapp.app),
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def first(replica: str = "", ticket: str = "", seal: bytes = b"", **other: Any) -> Hello:
    """The first word of a replica that knows the notes."""
    return Hello(1, replica, ticket, other.pop("schema", SCHEMA), seal, b"", other.pop("pushed", 0), [])
