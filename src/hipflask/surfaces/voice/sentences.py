"""What is said when something is amiss: one short sentence, in the language of whoever listens.

`app.config["VOICE_SENTENCES"] = {"de": {"apology": "Das ging leider schief."}}` adds a language, or changes a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.words import join
from .binding import Misfit

Sentences = Mapping[str, Mapping[str, str]]

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


def question_for(misfit: Misfit, locale: str, own: Sentences | None = None) -> str:
    """What to ask when a slot does not fit."""
    slot = misfit.slot
    options = misfit.options or tuple(each.words[0] for each in slot.choices)
    few = len(options) <= _MOST_OPTIONS
    parts = {
        "slot": slot.parameter.replace("_", " "),
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
