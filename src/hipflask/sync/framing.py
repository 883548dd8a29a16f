"""Messages in a stream of bytes, each behind its length: how they travel over HTTP, where nothing else keeps them apart.

framed(b"abc")   →   b"\\0\\0\\0\\3abc"
"""

from __future__ import annotations

from collections.abc import Iterator

from .messages import MessageRefused

MEDIA_TYPE = "application/x-hipflask"
_HEAD = 4


def framed(message: bytes) -> bytes:
    """One encoded message, with its length before it."""
    return len(message).to_bytes(_HEAD, "big") + message


class Unframed:
    """Takes bytes as they come, in pieces of any size, and gives back the messages in them, each of `most` bytes at most."""

    def __init__(self, most: int) -> None:
        self._rest = bytearray()
        self._most = most

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that are complete now; raises MessageRefused for one that says it is too long, before it has come."""
        self._rest += data
        while len(self._rest) >= _HEAD:
            length = int.from_bytes(self._rest[:_HEAD], "big")
            if length > self._most:
                raise MessageRefused(f"A message has {length:,} bytes; {self._most:,} are the most.")
            if len(self._rest) < _HEAD + length:
                return
            message = bytes(self._rest[_HEAD : _HEAD + length])
            del self._rest[: _HEAD + length]
            yield message

    def end(self) -> None:
        """The stream has ended; raises MessageRefused if that was within a message."""
        if self._rest:
            raise MessageRefused(f"The last message was cut off: {len(self._rest):,} bytes of it came.")
