"""From what was heard to an answer: the function is found, its slots are bound, it is called.

heard ─→ doors that fit its names and contexts ─→ bind ─→ call ─→ answer
                    │ none: fallback               │ Misfit: ask for the slot again
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core import tracing
from ...core.action import Action, Door, Registry
from ...core.errors import BindingError, UsageError
from . import heard as names
from .answers import Answer, Dialog, Question, answer_of, statement
from .binding import Misfit, bind
from .heard import Heard
from .pending import remember, resumed
from .sentences import Sentences, Told, question_for, sentence, told_for, word_for
from .slots import SlotPlan, slots_of, snake
from .turn import Turn, turn

INTENT = "intent"  # the kinds of doors
OCCASION = "voice"
PROMPT = "prompt_for"

_LOG = logging.getLogger("hipflask.voice")
# What every skill has to understand; nobody needs a function for it who wants nothing special.
_GOODBYES = ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent")
_HELP = "AMAZON.HelpIntent"


@dataclass(frozen=True)
class Entry:
    """One door, and the slots of its function."""

    action: Action
    door: Door
    slots: tuple[SlotPlan, ...]

    @property
    def contexts(self) -> frozenset[str]:
        """Those without which the function is not meant."""
        return frozenset(self.door.options.get("contexts", ()))


class Conversation:
    """Everything that one app can be told."""

    def __init__(self, actions: Registry, config: Mapping[str, Any] | None = None) -> None:
        self._config: Mapping[str, Any] = config or {}
        self._sentences: Sentences | None = self._config.get("VOICE_SENTENCES")
        self._intents = _by_name(actions, INTENT)
        self._prompts = _by_name(actions, PROMPT)
        self._occasions = _by_name(actions, OCCASION)

    def answer(self, heard: Heard) -> Answer:
        """What to say to it."""
        heard, tries = resumed(heard)
        with turn(heard) as now:
            if heard.session.is_new:
                self._tell_started(heard)
            entry = self._find(heard)
            if entry is None:
                return self._unknown(heard)
            if heard.confirmation == "DENIED":
                return statement(self._say("denied", heard))
            try:
                return self._named(entry, answer_of(self._call(entry, now)))
            except Misfit as misfit:
                remember(heard, misfit, tries)
                return self._ask_again(entry, misfit, now)

    def apology(self, heard: Heard) -> Answer:
        """What to say when something has gone wrong."""
        return statement(self._say("apology", heard))

    # ── who is meant ──────────────────────────────────────────────────────────────────────────────

    def _find(self, heard: Heard) -> Entry | None:
        for name in heard.names:
            intents = self._intents.get(name, []) if heard.is_intent else []
            entries = [*intents, *self._occasions.get(name, [])]
            meant = [entry for entry in entries if entry.contexts <= set(heard.contexts)]
            if meant:
                return max(meant, key=lambda entry: len(entry.contexts))
        is_stray = heard.is_intent and not set(heard.names) & {*_GOODBYES, _HELP}
        return self._first(names.FALLBACK) if is_stray or names.FALLBACK in heard.names else None

    def _first(self, occasion: str) -> Entry | None:
        return next(iter(self._occasions.get(occasion, ())), None)

    def _tell_started(self, heard: Heard) -> None:
        for entry in self._occasions.get(names.SESSION_STARTED, ()):
            _called(entry, _fields(entry, heard))

    def _unknown(self, heard: Heard) -> Answer:
        """An answer where no function is meant."""
        if set(heard.names) & set(_GOODBYES):
            return Answer(end=True)
        if _HELP in heard.names and (samples := self._samples(heard)):
            return Question(self._say("help", heard, samples=samples))
        if names.LAUNCH in heard.names:
            return Question(self._say("welcome", heard))
        if not heard.is_intent and names.FALLBACK not in heard.names:
            return Answer()  # an occasion that nobody has asked to be told of
        _LOG.warning(
            "Nobody answers to the intent %r. Write @app.intent(%r) above a function, or @app.fallback for whatever is left.",
            heard.intent, heard.intent,
        )  # fmt: skip
        return Question(self._say("unknown", heard))

    def _told(self, heard: Heard) -> Told:
        return told_for(self._config, heard.locale)

    def _samples(self, heard: Heard) -> str:
        """Some things that may be said: choices stand for themselves, and what takes other words is left away."""
        told = self._told(heard)
        said = (
            _with_choices(sample, entry, told)
            for name, entries in self._intents.items()
            for entry in entries
            for sample in _listed(told.get("samples", {}).get(name)) or entry.door.options.get("samples", ())
            if sample.partition("}")[2].strip() or not sample.strip().startswith("{")
        )
        whole = (sample for sample in said if "{" not in sample)
        return ", ".join([sample for sample, _ in zip(whole, range(3), strict=False)])

    # ── the call ──────────────────────────────────────────────────────────────────────────────────

    def _call(self, entry: Entry, now: Turn) -> Any:
        if entry.door.surface == OCCASION:
            return _called(entry, _fields(entry, now.heard))
        values = bind(entry.slots, entry.action, entry.door, now.heard, now.convert_errors)
        return _called(entry, values)

    def _named(self, entry: Entry, answer: Answer) -> Answer:
        """The answer with the slot's name where the function has written its parameter's."""
        dialog = answer.dialog
        if dialog is not None and dialog.slot is not None:
            named = {slot.parameter: slot.name for slot in entry.slots}
            answer.dialog = Dialog(dialog.kind, named.get(dialog.slot, dialog.slot), dialog.updated_intent)
        return answer

    def _ask_again(self, entry: Entry, misfit: Misfit, now: Turn) -> Answer:
        """A question for the slot that does not fit, in the words of `@app.prompt_for` if there is one for it."""
        answer = self._prompt(misfit, now) if misfit.why == "missing" else None
        if answer is None:
            answer = Question(question_for(misfit, now.heard.locale, self._sentences, self._told(now.heard)))
        answer.again = answer.again or answer.speech
        answer.end = False
        if answer.dialog is None:
            answer.dialog = Dialog("ElicitSlot", misfit.slot.name)
        return answer

    def _prompt(self, misfit: Misfit, now: Turn) -> Answer | None:
        found = (entry for name in now.heard.names for entry in self._prompts.get(name, ()))
        for entry in found:
            if entry.door.options["parameter"] in (misfit.slot.parameter, misfit.slot.name):
                with contextlib.suppress(Misfit):  # the prompt wants to know more than has been said
                    return answer_of(self._call(entry, now))
        return None

    def _say(self, name: str, heard: Heard, **parts: Any) -> str:
        return sentence(name, heard.locale, self._sentences, **parts)


def _called(entry: Entry, values: Mapping[str, Any]) -> Any:
    with tracing.span("intent", entry.door.name, values={"slots": values}):
        return entry.action.call(values)


def _listed(samples: str | Sequence[str] | None) -> Sequence[str]:
    return (samples,) if isinstance(samples, str) else samples or ()


def _with_choices(sample: str, entry: Entry, told: Told) -> str:
    for slot in entry.slots:
        if slot.choices:
            sample = sample.replace(f"{{{slot.name}}}", word_for(slot.choices[0], told))
    return sample


def _by_name(actions: Registry, surface: str) -> dict[str, list[Entry]]:
    table: dict[str, list[Entry]] = {}
    for action, door in actions.doors(surface):
        entry = Entry(action, door, slots_of(action, door))
        others = table.setdefault(door.name, [])
        _refuse_second(entry, others)
        others.append(entry)
    return table


def _refuse_second(entry: Entry, others: list[Entry]) -> None:
    """Raise UsageError where two functions are meant at once; any number may be told that a session has begun."""
    if entry.door.name == names.SESSION_STARTED or entry.door.surface == PROMPT:
        return
    for other in others:
        if other.contexts == entry.contexts and other.action is not entry.action:
            raise UsageError(
                f"{entry.door.name!r} means {other.action.name}() and {entry.action.name}() at once. Decorate one of "
                "them, or tell them apart by contexts=."
            )


def _fields(entry: Entry, heard: Heard) -> Mapping[str, Any]:
    """What belongs to an occasion, by the names of the function's parameters: offsetInMilliseconds is offset_in_milliseconds.

    It is `offset`, too, as in Flask-Ask.
    """
    fields = dict(_snake(heard.fields))
    if (offset := fields.get("offset_in_milliseconds")) is not None:
        fields.setdefault("offset", offset)
    if not entry.action.plan.parameters:
        return {}
    try:
        return entry.action.plan.bind(fields, text=False)
    except BindingError as error:
        raise UsageError(
            f"{entry.action.name}() is called for {entry.door.name!r}, and {error}. There is: "
            f"{', '.join(fields) or 'nothing'}. Give the parameter a default, or take it away."
        ) from error


def _snake(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((snake(name), value) for name, value in fields.items())
