"""What is said when something is amiss: one short sentence, in the language of whoever listens.

`app.config["VOICE_SENTENCES"] = {"de": {"apology": "Das ging leider schief."}}` adds a language, or changes a sentence. What stands in
its gaps is of that language too, where `app.config["VOICE_LOCALES"]` has words for it: a value's "synonyms", a slot's name in "slots".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.words import join
from .binding import Misfit
from .slots import Choice

Sentences = Mapping[str, Mapping[str, str]]
Told = Mapping[str, Any]  # of VOICE_LOCALES, for one language

_MOST_OPTIONS = 6  # more than that, nobody remembers

ENGLISH: Mapping[str, str] = {
    "missing": "What is the {slot}?",
    "missing_choice": "Which {slot}: {options}?",
    "unfit": "I heard {heard}, but I need {expected}. What is the {slot}?",
    "unfit_choice": "I heard {heard}. Which {slot} do you mean: {options}?",
    "unheard": "I did not get the {slot}. Please say it again.",
    "unheard_but": "I did not get the {slot}: I need {expected}. Please say it again.",
    "ambiguous": "Which {slot} do you mean: {options}?",
    "or": "or",
    "apology": "Sorry, something went wrong. Please try again later.",
    "unknown": "Sorry, I do not know how to help with that.",
    "denied": "All right, I will not.",
    "help": "You can say: {samples}.",
    "welcome": "Hello. What would you like?",
}
# What is asked for, as it would be said; numbers and text are told with their limits, by the hint.
_SPOKEN = {
    "date": "a date, such as tomorrow",
    "period": "a date or a week",
    "time": "a time, such as half past three",
    "moment": "a date and a time",
    "duration": "a length of time, such as five minutes",
    "yes_no": "yes or no",
}


def sentence(name: str, locale: str, own: Sentences | None = None, **parts: Any) -> str:
    """One of the sentences above, in the language asked for, or else in English."""
    language = locale.partition("-")[0]
    for known in ((own or {}).get(locale), (own or {}).get(language), (own or {}).get("en"), ENGLISH):
        if known and name in known:
            return known[name].format(**parts)
    raise KeyError(name)


def told_for(config: Mapping[str, Any], locale: str) -> Told:
    """What VOICE_LOCALES has for a locale, or for its language."""
    locales = config.get("VOICE_LOCALES") or {}
    told: Told = locales.get(locale) or locales.get(locale.partition("-")[0]) or {}
    return told


def word_for(choice: Choice, told: Told) -> str:
    """What a value is called."""
    synonyms = told.get("synonyms", {})
    words = synonyms.get(choice.value, synonyms.get(str(choice.value))) or choice.words
    return words if isinstance(words, str) else str(words[0])


def question_for(misfit: Misfit, locale: str, own: Sentences | None = None, told: Told | None = None) -> str:
    """What to ask when a slot does not fit."""
    slot, told = misfit.slot, told or {}
    words = {each.words[0]: word_for(each, told) for each in slot.choices}
    options = tuple(words.get(each, each) for each in misfit.options or words)
    name = told.get("slots", {}).get(slot.parameter) or slot.parameter.replace("_", " ")
    few = len(options) <= _MOST_OPTIONS
    parts = {
        "slot": name,
        "heard": misfit.heard,
        "expected": _SPOKEN.get(slot.kind, misfit.expected),
        "options": join(options, sentence("or", locale, own)) if options and few else "",
    }
    return sentence(_name(misfit, parts), locale, own, **parts)


def _name(misfit: Misfit, parts: Mapping[str, str]) -> str:
    if misfit.why == "missing":
        return "missing_choice" if parts["options"] else "missing"
    if parts["options"]:
        return "ambiguous" if misfit.why == "ambiguous" or not misfit.heard else "unfit_choice"
    if misfit.why == "ambiguous" or not parts["expected"]:  # too many to choose from
        return "unheard"
    return "unfit" if misfit.heard else "unheard_but"
