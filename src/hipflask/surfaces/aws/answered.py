"""What the app answers to one request, collected; and the parts of it that the gateways' forms share."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# Everything else travels as base64; so does text that has been packed, or is none.
_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml")
_TEXT_ENDINGS = ("+json", "+xml")


class Answered:
    """One answer."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(
        self, status: int = 500, reason: str = "", headers: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> None:
        self.status, self.reason, self.headers, self.body = status, reason, headers, body

    @classmethod
    def sentence(cls, status: int, reason: str, sentence: str) -> Answered:
        """One sentence for whoever asks."""
        return cls(status, reason, [("content-type", "text/plain; charset=utf-8")], f"{sentence}\n".encode())

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """WSGI's start_response."""
        code, _, self.reason = status.partition(" ")
        self.status, self.headers = int(code), headers
        return self._write

    def take(self, parts: Iterable[bytes], most: int) -> None:
        """Collect the body, up to the first part that makes it longer than what is passed on: an endless answer ends there."""
        collected = [self.body] if self.body else []
        size = len(self.body)
        try:
            for part in parts:
                collected.append(part)
                if (size := size + len(part)) > most:
                    break
            self.body = b"".join(collected)
        finally:
            if (close := getattr(parts, "close", None)) is not None:
                close()

    def _write(self, part: bytes) -> None:
        self.body += part

    def content(self) -> tuple[str, bool]:
        """The body as JSON can carry it, and whether that is base64."""
        if self._is_text():
            try:
                return self.body.decode(), False
            except UnicodeDecodeError:
                pass
        return b64encode(self.body).decode("ascii"), True

    def _is_text(self) -> bool:
        kind = ""
        for name, value in self.headers:
            match name.lower():
                case "content-type":
                    kind = value.partition(";")[0].strip().lower()
                case "content-encoding":
                    return False
        return kind.startswith(_TEXT) or kind.endswith(_TEXT_ENDINGS)

    def lists(self) -> dict[str, list[str]]:
        """The values of each header, with names in lower case."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(_as_json(value))
        return found


def joined(lists: dict[str, list[str]]) -> dict[str, str]:
    """One value for each header, as HTTP says how."""
    return {name: values[0] if len(values) == 1 else ", ".join(values) for name, values in lists.items()}


def _as_json(value: str) -> str:
    """A header as text; WSGI has it as bytes, one letter each."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
