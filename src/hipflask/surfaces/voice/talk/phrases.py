"""What is said to the vendors themselves: to open a skill, to stop it, to say yes. In English; elsewhere by the intents' names."""

from __future__ import annotations

from collections.abc import Sequence

from .words import Word, keys, split

_OPENINGS = ("open", "start", "launch", "begin", "run", "load", "resume", "use", "enable", "talk to")
_ASKINGS = ("ask", "tell")
_CONNECTORS = ("to", "for", "about", "that", "if", "whether", "and")

BUILT_IN: dict[str, tuple[str, ...]] = {
    "AMAZON.StopIntent": ("stop", "off", "shut up"),
    "AMAZON.CancelIntent": ("cancel", "never mind", "forget it"),
    "AMAZON.HelpIntent": ("help", "help me", "can you help me"),
    "AMAZON.NavigateHomeIntent": ("go home", "exit", "quit", "home screen"),
    "AMAZON.YesIntent": ("yes", "yes please", "sure", "yeah", "okay"),
    "AMAZON.NoIntent": ("no", "no thanks", "nope"),
    "AMAZON.RepeatIntent": ("repeat", "say that again", "repeat that"),
    "AMAZON.NextIntent": ("next", "skip", "skip forward"),
    "AMAZON.PreviousIntent": ("previous", "go back", "skip back", "back up"),
    "AMAZON.PauseIntent": ("pause", "pause that"),
    "AMAZON.ResumeIntent": ("resume", "continue", "keep going"),
    "AMAZON.StartOverIntent": ("start over", "restart", "start again"),
}
ALWAYS = ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.HelpIntent", "AMAZON.NavigateHomeIntent")


def opens(words: Sequence[Word], name: str) -> bool:
    """Whether this opens the skill: "open", "open ball park", "ball park"."""
    said = " ".join(keys(words))
    full = " ".join(keys(split(name)))
    alone = said in _OPENINGS or (bool(full) and said == full)
    return alone or (bool(full) and said in {f"{opening} {full}" for opening in (*_OPENINGS, "ask")})


def asked(words: Sequence[Word], name: str) -> Sequence[Word]:
    """What the skill is asked in "ask ball park who is on first"; the words themselves where it is not called by its name."""
    full = keys(split(name))
    said = keys(words)
    if not full or not said or said[0] not in _ASKINGS or said[1 : 1 + len(full)] != full:
        return words
    rest = words[1 + len(full) :]
    return rest[1:] if rest and rest[0].key in _CONNECTORS else rest


def built_in(words: Sequence[Word], known: Sequence[str]) -> str | None:
    """Which of these intents of Amazon's is meant, by what is usually said for it or by its name; None if none."""
    said = " ".join(keys(words))
    for name in known:
        if said in BUILT_IN.get(name, ()) or said == name.casefold():
            return name
    return None


def yes_or_no(words: Sequence[Word]) -> bool | None:
    """Whether it is a yes or a no; None if neither."""
    found = built_in(words, ("AMAZON.YesIntent", "AMAZON.NoIntent"))
    return None if found is None else found == "AMAZON.YesIntent"
