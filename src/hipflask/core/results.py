"""What actions return, as data that leaves the program: JSON, or the plain values that JSON is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from .errors import UsageError


class Reply:
    """What an action answers where one form does not suit every door: `data` for programs, `speech` for who listens.

    A door that shows or sends data takes `data`, and `speech` where there is none. One that speaks takes `speech`, and `data`
    where there is none; asks `reprompt` if nobody answers; shows `card` (a title and a text); and ends the conversation, or
    not, as `end` says. Without `end` that is as usual there: it goes on if there is a `reprompt`.
    """

    def __init__(
        self,
        data: Any = None,
        speech: str | None = None,
        reprompt: str | None = None,
        card: Any = None,
        end: bool | None = None,
    ) -> None:
        self.data = data
        self.speech = speech
        self.reprompt = reprompt
        self.card = card
        self.end = end

    def __plain__(self) -> Any:
        """What leaves by a door that does not speak."""
        return self.speech if self.data is None else self.data


def encode_result(value: object) -> bytes:
    """A result as JSON; raises UsageError for what has no JSON form."""
    return _encoder.encode(value)


def to_builtins(value: object) -> Any:
    """A result as dicts, lists or tuples, text, numbers, booleans and None; raises UsageError for what has no such form."""
    return msgspec.to_builtins(value, enc_hook=_plain, str_keys=True)


def _plain(value: object) -> Any:
    """The form outside of Python of what msgspec does not know: values that have one say so themselves."""
    plain = getattr(type(value), "__plain__", None)
    return plain(value) if plain is not None else _refuse(value)


def _refuse(value: object) -> Any:
    kind = type(value).__name__
    if isinstance(value, Iterator | AsyncIterator):
        raise UsageError(
            f"An action returned something of type {kind}, which has no end to wait for: return a list."
        )
    raise UsageError(
        f"An action returned something of type {kind}, which has no form outside Python. Return text, numbers, dates, "
        "a row of a model, a dataclass or a msgspec.Struct, or lists and dicts of them."
    )


_encoder = msgspec.json.Encoder(enc_hook=_plain)
