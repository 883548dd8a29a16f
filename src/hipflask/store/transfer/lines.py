"""Files of CSV and JSON lines, read line by line: what stands in them, not yet what it means.

    with open_lines(Path("players.csv")) as lines:
        lines.names                → ["name", "base"]
        for number, fields in lines: …     fields of CSV are texts, those of JSON lines msgspec.Raw

What a spreadsheet writes is recognised: a byte order mark, UTF-16, `;` or tabs between fields, and Excel's `sep=;`.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from ...core.errors import UsageError
from .texts import Misfit, Quoted

CSV, JSON_LINES = (".csv", ".tsv", ".txt"), (".jsonl", ".ndjson")
_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?!")')
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF8 = "UTF-8 text (spreadsheets call it “CSV UTF-8”)"


def is_csv(file: Path) -> bool:
    """Whether a file is CSV by its name, or else JSON lines; raises UsageError if it is neither."""
    ending = file.suffix.lower()
    if ending not in CSV + JSON_LINES:
        raise UsageError(
            f"{file} says by its name neither that it is CSV nor JSON lines. Call it {file.stem}.csv or {file.stem}.jsonl."
        )
    return ending in CSV


class Lines:
    """The lines of an open file: their column names, and for each its number and fields, or a Misfit in their place."""

    names: list[str]

    def __init__(self, file: Path) -> None:
        self._binary = file.open("rb")
        self.size = file.stat().st_size
        self.number = 0  # of the line that was read last

    @property
    def read_bytes(self) -> int:
        """How far we are."""
        return self._binary.tell()

    def close(self) -> None:
        """Close the file."""
        self._binary.close()

    def __iter__(self) -> Iterator[tuple[int, list[Any] | Misfit]]:
        raise NotImplementedError


class Csv(Lines):
    """Comma-separated values, whatever they are separated by."""

    def __init__(self, file: Path, encoding: str | None) -> None:
        super().__init__(file)
        self._texts = _decoded(self._binary, encoding)
        head = self._next()
        declared = re.fullmatch(r"sep=(.)", head.strip("\r\n"))
        head = self._next() if declared else head
        head = head.strip("\r\n")
        self.delimiter = declared[1] if declared else max(_DELIMITERS, key=head.count)
        names = split(head, self.delimiter) or []
        self.names = [name.strip() for name in names]

    def __iter__(self) -> Iterator[tuple[int, list[Any] | Misfit]]:
        while line := self._next():
            number = self.number
            if line.strip("\r\n") or len(self.names) == 1:
                yield number, self._fields(line)

    def _fields(self, line: str) -> list[Any] | Misfit:
        try:
            fields = split(_chomped(line), self.delimiter)
            if fields is None:
                line = self._until_closed(line)
                fields = split(_chomped(line), self.delimiter)
        except Misfit as misfit:
            return misfit
        if fields is None:
            return Misfit("a closing quotation mark", "the file ends before there is one", line)
        if not _is_text(line):
            return Misfit(_UTF8, "", line)
        if len(fields) != len(self.names):
            return Misfit(f"{len(self.names)} fields", f"there are {len(fields)}", _chomped(line))
        return fields

    def _until_closed(self, line: str) -> str:
        lines = [line]
        while more := self._next():
            lines.append(more)
            if more.count('"') % 2 and split(_chomped("".join(lines)), self.delimiter) is not None:
                break
        return "".join(lines)

    def _next(self) -> str:
        try:
            line = next(self._texts, "")
        except UnicodeError:  # UTF-16 or what the caller has named; UTF-8 is looked at line by line
            raise UsageError(
                f"{self._binary.name}, after line {self.number}, is not the text that it should be. Save it as {_UTF8}."
            ) from None
        self.number += 1
        return line


class JsonLines(Lines):
    """One JSON object on each line, all with the same names."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
        if self._binary.read(3) != codecs.BOM_UTF8:
            self._binary.seek(0)
        start = self._binary.tell()
        head = next((line for line in self._binary if line.strip()), b"{}")
        self._binary.seek(start)
        try:
            self.names = list(self._decoder.decode(head))
        except msgspec.MsgspecError:
            self.names = []

    def __iter__(self) -> Iterator[tuple[int, list[Any] | Misfit]]:
        for line in self._binary:
            self.number += 1
            if line.strip():
                yield self.number, self._fields(line)

    def _fields(self, line: bytes) -> list[Any] | Misfit:
        try:
            found = self._decoder.decode(line)
        except (msgspec.MsgspecError, RecursionError):
            return Misfit("a JSON object", "", line.decode(errors="replace").strip())
        if found.keys() != set(self.names):
            return Misfit(
                f"an object with {', '.join(self.names)}", "", line.decode(errors="replace").strip()
            )
        return [found[name] for name in self.names]


def open_lines(file: Path, encoding: str | None = None) -> Lines:
    """Open a file of CSV or JSON lines."""
    return Csv(file, encoding) if is_csv(file) else JsonLines(file)


def split(line: str, delimiter: str) -> list[str] | None:
    """The fields of a line; None if it ends within quotation marks."""
    if '"' not in line:
        return line.split(delimiter)
    fields: list[str] = []
    at = 0
    while True:
        if line.startswith('"', at):
            match = _QUOTED.match(line, at)
            if match is None:
                return None
            fields.append(Quoted(match[1].replace('""', '"')))
            at = match.end()
        else:
            end = line.find(delimiter, at)
            fields.append(line[at:] if end < 0 else line[at:end])
            at += len(fields[-1])
        if at == len(line):
            return fields
        if not line.startswith(delimiter, at):
            raise Misfit("a quotation mark within a field to be doubled", "", line)
        at += 1


def _chomped(line: str) -> str:
    return line[:-2] if line.endswith("\r\n") else line[:-1] if line.endswith(("\r", "\n")) else line


def _is_text(line: str) -> bool:
    try:
        return line.isascii() or bool(line.encode())
    except UnicodeEncodeError:
        return False


def _decoded(binary: IO[bytes], encoding: str | None) -> Iterator[str]:
    start = binary.read(3)
    binary.seek(0)
    found = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    name = encoding or found or "utf-8"
    # Bytes that are no UTF-8 become halves of surrogate pairs, which tells of which line they are.
    errors = "surrogateescape" if name.startswith("utf-8") else "strict"
    return io.TextIOWrapper(binary, name, errors, newline="")
