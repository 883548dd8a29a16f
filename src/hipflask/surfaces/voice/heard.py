"""What was heard, whoever heard it: the one form that Alexa's and Dialogflow's requests are read into.

    "who is on first" →  Heard(vendor="alexa", names=("WhoIsOn",), slots={"base": Slot("base", "first", …)}, …)

`names` are those by which a function may be found, the best one first. What is no intent goes by a name of ours (LAUNCH and its
kin) or by Alexa's type of the request, such as "AudioPlayer.PlaybackStarted", and has `fields` instead of slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

LAUNCH = "launch"
FALLBACK = "fallback"
SESSION_STARTED = "session_started"
SESSION_ENDED = "session_ended"

Vendor = Literal["alexa", "dialogflow", "dialogflow-cx"]


class Unreadable(ValueError):
    """A request is not what its vendor sends; the message says where."""


@dataclass(frozen=True, slots=True)
class Match:
    """One entry of a slot's type that what was heard may mean."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as it was heard: `value` is text, or what Dialogflow has made of it, or None."""

    name: str
    value: Any = None
    matches: tuple[Match, ...] = ()
    is_unknown: bool = False  # the slot's type was searched, and nothing in it fits
    confirmation: str = "NONE"
    several: tuple[Slot, ...] = ()  # a slot that takes several values at once


@dataclass
class User:
    """Who speaks, as far as the vendor tells."""

    id: str = ""
    access_token: str | None = field(default=None, repr=False)  # of the account that the user has linked
    consent_token: str | None = field(default=None, repr=False)
    person: str | None = None  # whose voice it is, where Alexa knows it


@dataclass
class Session:
    """One conversation: what is put into `attributes` is there again when the user goes on."""

    id: str = ""
    is_new: bool = False
    user: User = field(default_factory=User)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """Something that the conversation is about: for how many more turns, and what belongs to it."""

    lifespan: int = 5
    parameters: dict[str, Any] = field(default_factory=dict)


class Contexts(Mapping[str, Context]):
    """The contexts of a conversation: those that came with what was heard, and what becomes of them.

    Dialogflow ES knows contexts; for the others they travel among the attributes of the session.
    """

    def __init__(self, given: Mapping[str, Context] | None = None) -> None:
        self._now: dict[str, Context] = dict(given or {})
        self.changed: dict[str, Context] = {}  # lifespan 0: taken away

    def __getitem__(self, name: str) -> Context:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def add(self, name: str, /, lifespan: int = 5, **parameters: Any) -> Context:
        """Have a context from now on, for so many turns."""
        self._now[name] = self.changed[name] = Context(lifespan, parameters)
        return self._now[name]

    def set(self, name: str, parameter: str, value: Any) -> None:
        """Put a parameter into a context, which is added if it is not there."""
        context = self._now.get(name) or self.add(name)
        context.parameters[parameter] = value
        self.changed[name] = context

    def get_param(self, name: str, parameter: str, default: Any = None) -> Any:
        """A parameter of a context, or the default."""
        return self._now[name].parameters.get(parameter, default) if name in self._now else default

    def remove(self, name: str) -> None:
        """End a context."""
        self.changed[name] = Context(0)
        self._now.pop(name, None)

    def clear_all(self) -> None:
        """End every context."""
        for name in list(self._now):
            self.remove(name)


@dataclass(frozen=True)
class Heard:
    """One request of a voice, whoever's it is."""

    vendor: Vendor
    names: tuple[str, ...]
    is_intent: bool
    time: datetime
    slots: Mapping[str, Slot] = field(default_factory=dict)
    session: Session = field(default_factory=Session)
    contexts: Contexts = field(default_factory=Contexts)
    locale: str = ""
    text: str = ""  # the words, where the vendor tells them
    dialog: str = (
        ""  # STARTED, IN_PROGRESS or COMPLETED where the vendor has a dialog of its own for this intent
    )
    confirmation: str = "NONE"  # of the intent as a whole: NONE, CONFIRMED or DENIED
    fields: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def intent(self) -> str:
        """The name of the intent; empty if it is something else."""
        return self.names[0] if self.is_intent and self.names else ""


# ── contexts among a session's attributes ─────────────────────────────────────────────────────────


def read_contexts(kept: object) -> dict[str, Context]:
    """Contexts that have travelled as JSON; none, if somebody else has put something there."""
    try:
        return msgspec.convert(kept or {}, dict[str, Context])
    except msgspec.ValidationError:
        return {}


def keep_contexts(contexts: Contexts) -> dict[str, Any]:
    """Contexts as JSON, one turn older unless they are new."""
    return {
        name: {
            "lifespan": context.lifespan - (name not in contexts.changed),
            "parameters": context.parameters,
        }
        for name, context in contexts.items()
        if name in contexts.changed or context.lifespan > 1
    }
