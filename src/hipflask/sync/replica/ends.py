"""What a connection ended by, for people and for the exchange: what it means, and when to try again."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from ...core.errors import HipflaskError
from ..exchange import TurnedAway
from ..messages import MessageRefused, Refused
from .address import Answered, Unreachable, in_words
from .state import SIGNED_OUT

# A hub that will not have this program is not asked again soon: somebody has to do something first.
TURNED_AWAY_SECONDS = 60.0
OUTDATED_HUB = "The hub has to be upgraded first: {} What is written here is kept until then."
OUTDATED = "This program has to be updated first: {} What is written here is kept until then."


@dataclass(frozen=True, slots=True)
class End:
    """How it stands after a connection."""

    word: Literal["offline", "signed out", "turned away"]
    sentence: str
    seconds: float | None = None  # until the next try; None: longer from failure to failure
    is_bad_token: bool = False
    is_unforeseen: bool = False


def end_of(error: Exception) -> End:
    """What this error means."""
    match error:
        case TurnedAway():
            return _refused(error.refused)
        case Answered() if error.is_ours and error.status == 401:
            return _signed_out()
        case Answered():
            return End("offline", str(error), error.retry_after)
        case MessageRefused():
            return End("offline", f"The hub has said something that makes no sense: {error}")
        case Unreachable() | OSError():
            return End("offline", in_words(error))
        case HipflaskError() | sqlite3.Error():
            return End("offline", f"What came from the hub, or goes there, could not be kept: {error}")
        case _ if _is_of_sockets(error):
            return End("offline", in_words(error))
        case _:
            return End("offline", f"The exchange has failed: {error!r}.", is_unforeseen=True)


def may_posts_do(error: Exception) -> bool:
    """Whether somebody on the way may have kept a WebSocket from getting through, so that HTTP is worth a try."""
    if isinstance(error, Answered):
        return not error.is_ours
    return isinstance(error, Unreachable | TimeoutError | EOFError) or _is_of_sockets(error)


def _refused(refused: Refused) -> End:
    match refused.code:
        case "token":
            return _signed_out()
        case "schema":
            return End("turned away", OUTDATED_HUB.format(refused.sentence), TURNED_AWAY_SECONDS)
        case "protocol":
            return End("turned away", OUTDATED.format(refused.sentence), TURNED_AWAY_SECONDS)
        case _:
            return End("offline", refused.sentence)


def _signed_out() -> End:
    return End("signed out", SIGNED_OUT, 0.0, is_bad_token=True)


def _is_of_sockets(error: Exception) -> bool:
    """Whether the library of sockets has raised it; asked by name, because posts do without it."""
    return any(kind.__module__ == "websockets.exceptions" for kind in type(error).__mro__)
