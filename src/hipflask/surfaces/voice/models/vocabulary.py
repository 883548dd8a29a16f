"""What an app understands in one language, whoever listens: a function of its intents and its configuration.

    @app.intent("WhoIsOn", "who is on {base}")
    def who_is_on(base: Literal["first", "second"]) -> str: ...

    vocabulary_of(app.actions, app.config, "en-US").intents
        (Intent("WhoIsOn", "who_is_on", slots=(Place("base", "choice", …, type="Base", values=(Value("first", …), …)),), …),)

The samples in the decorators are in `VOICE_LANGUAGE`, English if nothing is said. Another language has its own in

    app.config["VOICE_LOCALES"] = {
        "de": {"invocation_name": "wer steht wo", "samples": {"WhoIsOn": ["wer steht auf {base}"]}, "synonyms": {"first": ["erste"]},
               "slots": {"base": "Base"}},
    }
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ....core import hints
from ....core.action import Action, Door, Registry
from ....core.signature import Parameter
from ..binding import Misfit
from ..sentences import question_for, told_for
from ..slots import Kind, SlotPlan, slots_of

_YES_NO = ("yes", "no")


@dataclass(frozen=True)
class Value:
    """One value of a type: what the function gets, and what is said for it, the usual words first."""

    id: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """One slot of an intent, with what may be said in it and how it is asked for."""

    name: str
    kind: Kind
    function: str
    parameter: str
    type: str = ""  # the name of its own type; empty for what the vendors know
    values: tuple[Value, ...] = ()
    is_required: bool = True
    is_list: bool = False
    question: str = ""
    strangers: tuple[str, ...] = ()  # synonyms are given for these, and they are no values
    wishes: tuple[
        tuple[str, str], ...
    ] = ()  # the vendor's type that the author has asked for: ("alexa", "AMAZON.FirstName")

    def wish(self, vendor: str) -> str:
        """The type of this vendor's that the author has asked for; empty if none."""
        return dict(self.wishes).get(vendor, "")


@dataclass(frozen=True)
class Intent:
    """One intent: its slots and its samples, of all the functions that answer it."""

    name: str
    function: str
    slots: tuple[Place, ...] = ()
    samples: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()

    @property
    def has_dialog(self) -> bool:
        """Whether something has to be asked for where it has not been said."""
        return any(slot.is_required for slot in self.slots)

    def slot(self, name: str) -> Place | None:
        """The slot of this name."""
        return next((slot for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True)
class Vocabulary:
    """Everything that the app understands in one language."""

    locale: str
    invocation_name: str
    intents: tuple[Intent, ...]
    strangers: tuple[
        str, ...
    ] = ()  # in VOICE_LOCALES and nowhere else: intents, and values that have synonyms
    is_untold: bool = False  # another language than the decorators', and nothing is configured for it

    @property
    def types(self) -> dict[str, tuple[Value, ...]]:
        """The values of each own type, by its name."""
        return {slot.type: slot.values for intent in self.intents for slot in intent.slots if slot.type}

    def intent(self, name: str) -> Intent | None:
        """The intent of this name."""
        return next((intent for intent in self.intents if intent.name == name), None)


def vocabulary_of(actions: Registry, config: Mapping[str, Any], locale: str) -> Vocabulary:
    """What the app understands in a language, such as "en-US" or "de"."""
    own = str(config.get("VOICE_LANGUAGE", "en"))
    language = locale.partition("-")[0]
    told = told_for(config, locale)
    is_own = language == own.partition("-")[0]
    found: dict[str, Intent] = {}
    for action, door in actions.doors("intent"):
        samples = _words(
            (), told.get("samples", {}).get(door.name, door.options["samples"] if is_own else ())
        )
        intent = Intent(
            door.name,
            action.name,
            tuple(_places(action, door, told, locale, config)),
            samples,
            tuple(door.options.get("contexts", ())),
        )
        found[door.name] = _joined(found[door.name], intent) if door.name in found else intent
    intents = _with_types_apart(tuple(found.values()))
    strangers = tuple(_strangers(told, intents))
    return Vocabulary(locale, _invocation(config, told), intents, strangers, not is_own and not told)


def _strangers(told: Mapping[str, Any], intents: tuple[Intent, ...]) -> Iterator[str]:
    names = {intent.name for intent in intents}
    values = {value.id for intent in intents for slot in intent.slots for value in slot.values}
    yield from (f"the intent {name!r}" for name in told.get("samples", {}) if name not in names)
    parameters = {slot.parameter for intent in intents for slot in intent.slots}
    yield from (f"the slot {name!r}" for name in told.get("slots", {}) if name not in parameters)
    yield from (f"the value {value!r}" for value in told.get("synonyms", {}) if str(value) not in values)


def _invocation(config: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    return str(told.get("invocation_name") or config.get("ALEXA_INVOCATION_NAME") or "")


def _joined(first: Intent, second: Intent) -> Intent:
    """One intent for the vendor where several functions answer it, told apart by contexts."""
    known = {slot.name for slot in first.slots}
    more = tuple(slot for slot in second.slots if slot.name not in known)
    samples = tuple(dict.fromkeys((*first.samples, *second.samples)))
    return replace(first, slots=(*first.slots, *more), samples=samples, contexts=())


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────


def _places(
    action: Action, door: Door, told: Mapping[str, Any], locale: str, config: Mapping[str, Any]
) -> Iterator[Place]:
    defaults = door.options.get("default", {})
    for slot, parameter in zip(slots_of(action, door), action.plan.parameters, strict=True):
        schema = _schema(parameter)
        values = _values(slot, schema.get("synonyms", {}), told.get("synonyms", {}))
        yield Place(
            slot.name,
            slot.kind,
            action.name,
            slot.parameter,
            _type_name(slot, parameter) if values else "",
            values,
            slot.is_required and slot.parameter not in defaults,
            slot.is_list,
            question_for(Misfit("missing", slot), locale, config.get("VOICE_SENTENCES"), told),
            tuple(
                str(each)
                for each in schema.get("synonyms", {})
                if str(each) not in {value.id for value in values}
            ),
            tuple((vendor, str(schema[vendor])) for vendor in ("alexa", "dialogflow") if vendor in schema),
        )


def _schema(parameter: Parameter) -> dict[str, Any]:
    """What `Annotated[…, Meta(extra_json_schema={"synonyms": …, "alexa": …, "dialogflow": …})]` says."""
    _, extras = hints.bare(parameter.type)
    _, inner = hints.bare(parameter.only)
    metas = [extra for extra in (*inner, *extras) if isinstance(extra, msgspec.Meta)]
    return {name: value for meta in metas for name, value in (meta.extra_json_schema or {}).items()}


def _values(slot: SlotPlan, synonyms: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[Value, ...]:
    """What may be said: the values' own words and their synonyms; in another language the words that are told for it."""
    usual = (
        [(word, (word,)) for word in _YES_NO]
        if slot.kind == "yes_no"
        else [(each.value, each.words) for each in slot.choices]
    )
    return tuple(
        Value(str(value), _words((), _of(told, value)) or _words(words, _of(synonyms, value)))
        for value, words in usual
    )


def _of(synonyms: Mapping[str, Any], value: Any) -> Any:
    return synonyms.get(value, synonyms.get(str(value)))


def _words(usual: tuple[str, ...], more: Any) -> tuple[str, ...]:
    given = (more,) if isinstance(more, str) else tuple(more or ())
    return tuple(dict.fromkeys((*usual, *map(str, given))))


def _type_name(slot: SlotPlan, parameter: Parameter) -> str:
    base, _ = hints.bare(hints.item(parameter.only) if parameter.is_list else parameter.only)
    if isinstance(base, type) and issubclass(base, enum.Enum):
        return base.__name__
    return "YesOrNo" if slot.kind == "yes_no" else camel(slot.parameter)


def camel(name: str) -> str:
    """A name as types have it: `home_base` is `HomeBase`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _with_types_apart(intents: tuple[Intent, ...]) -> tuple[Intent, ...]:
    """Types that share a name and not their values get their intent's name before it."""
    taken: dict[str, tuple[Value, ...]] = {}

    def apart(intent: Intent, slot: Place) -> Place:
        if slot.type and taken.setdefault(slot.type, slot.values) != slot.values:
            slot = replace(slot, type=f"{intent.name}{slot.type}")
            taken[slot.type] = slot.values
        return slot

    return tuple(replace(each, slots=tuple(apart(each, slot) for slot in each.slots)) for each in intents)
