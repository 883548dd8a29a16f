"""One file from one place, however often the connection breaks off.

    Download(part, sha256).take("https://…/python.tar.gz")      fills the file `part`, or raises Failure and says why

`part` keeps what has come when a connection ends, a process is killed or a battery is empty, and the next one to ask, of this
place or another, asks for the rest only. That is safe because nothing is believed before the sha256 of the whole has been seen.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and, where it is known, how many there will be."""

MOST = 512 << 20  # bytes of one file: ten times the largest runtime, and no disk is full of it
TIMEOUT = 30.0  # seconds without a byte
_AT_ONCE = 1 << 18
_TRIES = 4


class Failure(Exception):
    """A place does not have what is wanted; the message says in what way."""


class _Broken(Failure):
    """A connection that was good has broken off: the rest may still come."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is being fetched, known by its sha256."""

    part: Path
    sha256: str
    most: int = MOST
    timeout: float = TIMEOUT
    progress: Progress | None = None

    def take(self, source: str) -> None:
        """Fill `part` from a URL or a file; raises Failure if what is wanted is not to be had there."""
        was_begun = self._size() > 0
        self._read(source)
        seen = self._digest()
        if seen != self.sha256 and was_begun:  # what was there already may have been the bad half
            self.part.unlink()
            self._read(source)
            seen = self._digest()
        if seen != self.sha256:
            self.part.unlink()
            raise Failure(f"what came has the sha256 {seen}, expected {self.sha256}")

    def _read(self, source: str) -> None:
        if is_remote(source):
            self._download(source)
        else:
            self._copy(Path(source))

    def _copy(self, source: Path) -> None:
        try:
            content = source.open("rb")
        except OSError as error:
            raise Failure(error.strerror or str(error)) from error
        with content:
            self._write(content.read, 0, os.fstat(content.fileno()).st_size)

    def _download(self, source: str) -> None:
        left, had = _TRIES, -1
        while left and self._size() > had:  # each try must bring something
            left, had = left - 1, self._size()
            try:
                self._receive(source)
                return
            except _Broken as broken:
                failure = broken
        raise failure

    def _receive(self, source: str) -> None:
        with self._answer(source) as answer:
            start = self._size() if _goes_on(answer, self._size()) else 0
            total = None if answer.length is None else start + answer.length
            self._write(lambda most: _block(answer, most), start, total)
        if total is not None and self._size() < total:
            raise _Broken(f"the connection ended after {self._size()} of {total} bytes")

    def _answer(self, source: str) -> http.client.HTTPResponse:
        headers = {"User-Agent": "hipflask", "Accept-Encoding": "identity"}
        if self._size():
            headers["Range"] = f"bytes={self._size()}-"
        request = urllib.request.Request(source, headers=headers)
        try:
            answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and self._size():
                self.part.unlink()  # as long as the file or longer, and yet not the file
                return self._answer(source)
            raise Failure(f"the server answered {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"no connection ({getattr(error, 'reason', None) or error})") from error
        return answer

    def _write(self, read: Callable[[int], bytes], start: int, total: int | None) -> None:
        there = start
        with self.part.open("ab" if start else "wb") as part:
            if start:
                part.truncate(start)
            while there <= self.most and (block := read(_AT_ONCE)):
                there += len(block)
                part.write(block)
                if self.progress is not None:
                    self.progress(there, total)
            part.flush()
            os.fsync(part.fileno())
        if there > self.most:
            self.part.unlink()
            raise Failure(f"it is longer than {self.most} bytes, as nothing is that belongs here")

    def _digest(self) -> str:
        return digest(self.part)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0


def digest(file: Path) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    content: IO[bytes]
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_remote(place: str) -> bool:
    """Whether a place is asked over the network; it is a file otherwise."""
    return place.startswith(("https://", "http://"))


def _goes_on(answer: http.client.HTTPResponse, start: int) -> bool:
    wanted = f"bytes {start}-"
    return answer.status == HTTPStatus.PARTIAL_CONTENT and answer.headers.get("Content-Range", "").startswith(
        wanted
    )


def _block(answer: http.client.HTTPResponse, most: int) -> bytes:
    # read1 hands over what has come, so that what came before a break is kept; read would wait for all of it.
    try:
        return answer.read1(most)
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(f"the connection broke off ({error})") from error
