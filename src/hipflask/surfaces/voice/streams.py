"""Long sound: `audio("Here it is.").play(url)`, and what to do with the queue.

A stream's token is its address unless you give one. Alexa sends the token back with every later request, so `resume()` knows what
was playing without anything being stored here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from ...core.errors import UsageError
from .answers import Answer

TOKEN_LIMIT = 1024


@dataclass(frozen=True)
class Stream:
    """What Alexa's player is at: the token of the sound, how far it has come, and what it does."""

    token: str = ""
    offset: int = 0
    activity: str = ""

    @property
    def url(self) -> str:
        """The address, where the token is one."""
        return self.token if self.token.startswith("https://") else ""


class Audio(Answer):
    """An answer that plays, queues or stops sound."""

    def __init__(self, speech: str | None, current: Stream) -> None:
        super().__init__(speech, end=True)
        self._current = current

    def play(self, stream_url: str, offset: int = 0, opaque_token: str | None = None) -> Self:
        """Play this now, instead of whatever plays or waits."""
        return self._play("REPLACE_ALL", _stream(stream_url, offset, opaque_token))

    def play_next(self, stream_url: str, offset: int = 0, opaque_token: str | None = None) -> Self:
        """Play this after what plays now, instead of whatever waits."""
        return self._play("REPLACE_ENQUEUED", _stream(stream_url, offset, opaque_token))

    def enqueue(self, stream_url: str, offset: int = 0, opaque_token: str | None = None) -> Self:
        """Play this after all that waits."""
        previous = {"expectedPreviousToken": self._current.token}
        return self._play("ENQUEUE", _stream(stream_url, offset, opaque_token) | previous)

    def resume(self, stream_url: str | None = None) -> Self:
        """Go on where the sound was stopped."""
        url = stream_url or self._current.url
        if not url:
            raise UsageError(
                "Nothing is known to resume: the stream's token is not its address. Write audio().resume(stream_url), "
                "or play it without an opaque_token."
            )
        return self._play("REPLACE_ALL", _stream(url, self._current.offset, self._current.token or None))

    def stop(self) -> Self:
        """Stop the sound."""
        return self.directive({"type": "AudioPlayer.Stop"})

    def clear_queue(self, stop: bool = False) -> Self:
        """Forget what waits; with `stop`, what plays too."""
        return self.directive(
            {"type": "AudioPlayer.ClearQueue", "clearBehavior": "CLEAR_ALL" if stop else "CLEAR_ENQUEUED"}
        )

    def _play(self, behavior: str, stream: dict[str, Any]) -> Self:
        item = {"stream": stream}
        return self.directive({"type": "AudioPlayer.Play", "playBehavior": behavior, "audioItem": item})


def _stream(url: str, offset: int, token: str | None) -> dict[str, Any]:
    if not url.startswith("https://"):
        raise UsageError(f"Alexa plays sound from https:// addresses only, not {url!r}.")
    if len(token or url) > TOKEN_LIMIT:
        raise UsageError(
            f"This address has more than {TOKEN_LIMIT} characters, so it cannot be the stream's token too: give an "
            "opaque_token."
        )
    return {"url": url, "token": token or url, "offsetInMilliseconds": offset}
