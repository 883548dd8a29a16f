"""A built program, from the start of its process until its page has been read; and what it takes on the disk.

    home = Home(folder)
    home.start([program])          Visit(milliseconds=213.4, page="<!doctype html>…")
    home.start([program], cold=[folder of the program])

`HIPFLASK_SHELL=url` has a program print the address of its window in place of opening it, whoever has built it: all that a start
consists of is the same but for the web view, which is the system's and takes the same time for everybody (see `start.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_S = 60
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")
_ASSET = re.compile(r'(?:src|href)="(/_hipflask/static/[^"]+)"')
# That it is a window of ours, and nothing that only answers.
_OF_A_WINDOW = 'id="hipflask-page"'


@dataclass(frozen=True, slots=True)
class Visit:
    """How long it took until the page was there, and the page."""

    milliseconds: float
    page: str


@dataclass(frozen=True, slots=True)
class Home:
    """A person's home folder on a computer without anything else: what a program keeps is in it."""

    folder: Path

    def start(self, command: Sequence[str | Path], *, cold: Iterable[Path] = ()) -> Visit:
        """Start a program, read its page, and end it; `cold` are folders and files that are first forgotten by the system."""
        for place in cold:
            evict(place)
        begun = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a program in one file is two processes
        )
        watch = threading.Timer(PATIENCE_S, process.kill)
        watch.start()
        try:
            page, cookie, port = _page(_address(process))
            taken = (time.perf_counter() - begun) * 1000
            _check_assets(page, cookie, port)
        finally:
            watch.cancel()
            _end(process)
        return Visit(taken, page)

    def environment(self) -> dict[str, str]:
        """Nothing of ours but what a start needs."""
        scratch = self.folder / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        return {
            "HOME": str(self.folder),
            "TMPDIR": str(scratch),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HIPFLASK_SHELL": "url",
            "HIPFLASK_STORE": str(self.folder / "store.sqlite"),
        }


def files_of(place: Path) -> list[Path]:
    """Every file of a program, whether it is a folder or a single file."""
    found = [place] if place.is_file() else place.rglob("*")
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def size_of(place: Path) -> int:
    """The bytes that a program takes on the disk."""
    return sum(path.stat().st_size for path in files_of(place))


def evict(place: Path) -> None:
    """Have the system forget the contents of files, so that they are next read from the disk."""
    os.sync()  # what is not yet written is not forgotten either
    for path in files_of(place):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := _ADDRESS.search(line):
            return found[0]
    assert process.stderr is not None
    said = process.stderr.read()[-2000:]
    raise SystemExit(f"{process.args!r} has named no address within {PATIENCE_S} s:\n{said}")


def _page(address: str) -> tuple[str, str, int]:
    """The page behind the address, the cookie that opens it, and the port."""
    parts = urlsplit(address)
    port = parts.port or 0
    status, headers, _ = _get(port, f"{parts.path}?{parts.query}", "")
    cookie = (headers.get("Set-Cookie") or "").partition(";")[0]
    if status != 303 or not cookie:
        raise SystemExit(f"{address} was answered with {status} and no cookie.")
    status, _, page = _get(port, headers.get("Location") or "/", cookie)
    if status != 200 or _OF_A_WINDOW not in page:
        raise SystemExit(f"{address} has no window: {status}, {page[:200]!r}")
    return page, cookie, port


def _check_assets(page: str, cookie: str, port: int) -> None:
    assets = _ASSET.findall(page)
    if not assets:
        raise SystemExit(f"The page asks for no script and no style sheet: {page[:500]!r}")
    for asset in assets:
        status, _, content = _get(port, asset, cookie)
        if status != 200 or not content:
            raise SystemExit(f"{asset} was answered with {status}: the program is not whole.")


def _get(port: int, path: str, cookie: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def _end(process: subprocess.Popen[str]) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=5)
            return
