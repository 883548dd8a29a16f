"""Assistants over standard input and output: one message a line, until the input ends.

The assistant has started this process and owns both streams. So while it serves, descriptor 1 points at standard error and
descriptor 0 at nothing: what functions, libraries and child processes print or read is out of the protocol's way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from .wire import LONGEST_MESSAGE


@contextmanager
def claimed() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Standard input and output for the protocol alone; everybody else has nothing to read, and writes to standard error."""
    sys.stdout.flush()
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    try:
        with os.fdopen(reading, "rb", closefd=False) as reader, os.fdopen(writing, "wb") as writer:
            yield reader, writer
    finally:
        sys.stdout.flush()


def writing(writer: BinaryIO) -> Callable[[bytes], None]:
    """What writes a message as a line."""

    def write(message: bytes) -> None:
        with suppress(BrokenPipeError):  # an assistant that is gone; the input's end says so too
            writer.write(message + b"\n")
            writer.flush()

    return write


def lines(reader: BinaryIO) -> Iterator[bytes]:
    """The lines that come in, without empty ones; of one that is too long no more than shows that it is."""
    while line := reader.readline(LONGEST_MESSAGE + 2):
        rest = line
        while not rest.endswith(b"\n") and len(rest) > LONGEST_MESSAGE:
            rest = reader.readline(LONGEST_MESSAGE + 2)  # to be forgotten
        if line := line.strip():
            yield line
