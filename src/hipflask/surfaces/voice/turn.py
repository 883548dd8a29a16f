"""The present turn of a conversation: what `voice.request`, `voice.session` and their kin mean while a function is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from werkzeug.local import LocalProxy

from .heard import Contexts, Heard, Session, User
from .streams import Audio, Stream


@dataclass
class Turn:
    """What was heard, and what has been found out about it so far."""

    heard: Heard
    convert_errors: dict[str, Exception] = field(default_factory=dict)

    @property
    def context(self) -> Mapping[str, Any]:
        """Alexa's context of the request: the device, the player, what is on the screen."""
        found = self.heard.raw.get("context")
        return found if isinstance(found, Mapping) else {}

    @property
    def current_stream(self) -> Stream:
        """What Alexa's player is at."""
        player = {**self._part("AudioPlayer"), **self.heard.fields}
        token, offset = player.get("token"), player.get("offsetInMilliseconds")
        return Stream(
            token if isinstance(token, str) else "",
            offset if isinstance(offset, int) else 0,
            str(player.get("playerActivity") or ""),
        )

    def _part(self, name: str) -> Mapping[str, Any]:
        part = self.context.get(name)
        return part if isinstance(part, Mapping) else {}


_turn: ContextVar[Turn] = ContextVar("hipflask.voice.turn")
_NOBODY = (
    "Nobody is speaking just now: voice.request, voice.session and their kin mean something only while a function is "
    "called because somebody has spoken. Test for it with `if voice.is_speaking():` in functions with several doors."
)


def _now() -> Turn:
    found = _turn.get(None)
    if found is None:
        raise RuntimeError(_NOBODY)
    return found


def _proxy(find: Callable[[Turn], Any], doc: str) -> Any:
    """Something of the present turn, under a name of its own; `doc` explains it where nobody is speaking, too."""
    kind = type("LocalProxy", (LocalProxy,), {"__doc__": doc, "__slots__": ()})
    return kind(lambda: find(_now()))


request: Heard = _proxy(
    lambda turn: turn.heard, "What was heard: the intent, its slots, the locale, all that was sent."
)
session: Session = _proxy(lambda turn: turn.heard.session, "The conversation, with its `attributes`.")
user: User = _proxy(
    lambda turn: turn.heard.session.user, "Who speaks, with the `access_token` of a linked account."
)
contexts: Contexts = _proxy(
    lambda turn: turn.heard.contexts, "What the conversation is about: contexts with a lifespan."
)
context: Mapping[str, Any] = _proxy(
    lambda turn: turn.context, "Alexa's own context: the device, the player, the screen."
)
convert_errors: dict[str, Exception] = _proxy(
    lambda turn: turn.convert_errors, "The errors of `convert=`, by the names of the parameters."
)
current_stream: Stream = _proxy(lambda turn: turn.current_stream, "What Alexa's player is at.")


def is_speaking() -> bool:
    """Whether the present function is called because somebody has spoken."""
    return _turn.get(None) is not None


@contextmanager
def turn(heard: Heard) -> Iterator[Turn]:
    """Make this the present turn."""
    now = Turn(heard)
    token = _turn.set(now)
    try:
        yield now
    finally:
        _turn.reset(token)


def audio(speech: str | None = None) -> Audio:
    """Say something, and play, queue or stop sound."""
    return Audio(speech, _now().current_stream if is_speaking() else Stream())
