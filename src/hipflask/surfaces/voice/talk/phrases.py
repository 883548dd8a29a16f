"""What is said to the vendors themselves: to open a skill, to stop it, to say yes. In some languages; elsewhere by the intents' names.

What is English is understood everywhere, too: whoever writes a skill may test it without its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .words import Word, keys, split

Told = Mapping[str, tuple[str, ...]]

_OPENINGS: Told = {
    "en": ("open", "start", "launch", "begin", "run", "load", "resume", "use", "enable", "talk to"),
    "de": ("öffne", "starte", "beginne", "lade", "nutze", "aktiviere", "sprich mit"),
    "es": ("abre", "inicia", "comienza", "lanza", "usa", "habla con"),
    "fr": ("ouvre", "lance", "démarre", "commence", "utilise", "parle à"),
    "it": ("apri", "avvia", "inizia", "lancia", "usa", "parla con"),
}
_ASKINGS: Told = {
    "en": ("ask", "tell"),
    "de": ("frage", "frag", "sage", "sag", "bitte"),
    "es": ("pregunta a", "pide a", "dile a"),
    "fr": ("demande à", "dis à"),
    "it": ("chiedi a", "di a"),
}
_CONNECTORS: Told = {
    "en": ("to", "for", "about", "that", "if", "whether", "and"),
    "de": ("nach", "ob", "dass", "und", "über"),
    "es": ("por", "si", "que", "sobre", "y"),
    "fr": ("pour", "si", "de", "sur", "et"),
    "it": ("per", "se", "di", "su", "e"),
}
_MANNERS: Told = {
    "en": ("please", "um", "uh", "ok", "okay", "hey", "now", "then", "thanks"),
    "de": ("bitte", "äh", "ähm", "jetzt", "dann", "danke"),
    "es": ("por favor", "eh", "ahora", "gracias"),
    "fr": ("s'il te plaît", "euh", "maintenant", "merci"),
    "it": ("per favore", "ehm", "adesso", "grazie"),
}
BUILT_IN: Mapping[str, Told] = {
    "AMAZON.StopIntent": {
        "en": ("stop", "off", "shut up"), "de": ("stopp", "aus", "halt"), "es": ("para", "detente"), "fr": ("stop", "arrête"),
        "it": ("fermati", "basta"),
    },
    "AMAZON.CancelIntent": {
        "en": ("cancel", "never mind", "forget it"), "de": ("abbrechen", "vergiss es"), "es": ("cancela", "olvídalo"),
        "fr": ("annule", "laisse tomber"), "it": ("annulla", "lascia stare"),
    },
    "AMAZON.HelpIntent": {
        "en": ("help", "help me", "can you help me"), "de": ("hilfe", "hilf mir"), "es": ("ayuda", "ayúdame"),
        "fr": ("aide", "aide moi"), "it": ("aiuto", "aiutami"),
    },
    "AMAZON.NavigateHomeIntent": {"en": ("go home", "exit", "quit", "home screen"), "de": ("startseite", "beenden")},
    "AMAZON.YesIntent": {
        "en": ("yes", "yes please", "sure", "yeah", "okay"), "de": ("ja", "ja bitte", "klar"), "es": ("sí", "claro"),
        "fr": ("oui", "d'accord"), "it": ("sì", "certo"),
    },
    "AMAZON.NoIntent": {
        "en": ("no", "no thanks", "nope"), "de": ("nein", "nein danke"), "es": ("no", "no gracias"), "fr": ("non", "non merci"),
        "it": ("no", "no grazie"),
    },
    "AMAZON.RepeatIntent": {
        "en": ("repeat", "say that again", "repeat that"), "de": ("wiederhole", "noch einmal"), "es": ("repite",), "fr": ("répète",),
        "it": ("ripeti",),
    },
    "AMAZON.NextIntent": {
        "en": ("next", "skip", "skip forward"), "de": ("weiter", "nächster"), "es": ("siguiente",), "fr": ("suivant",),
        "it": ("avanti",),
    },
    "AMAZON.PreviousIntent": {
        "en": ("previous", "go back", "skip back", "back up"), "de": ("zurück",), "es": ("anterior",), "fr": ("précédent",),
        "it": ("indietro",),
    },
    "AMAZON.PauseIntent": {"en": ("pause", "pause that"), "de": ("pause",), "es": ("pausa",), "fr": ("pause",), "it": ("pausa",)},
    "AMAZON.ResumeIntent": {
        "en": ("resume", "continue", "keep going"), "de": ("fortsetzen",), "es": ("continúa",), "fr": ("continue",),
        "it": ("continua",),
    },
    "AMAZON.StartOverIntent": {
        "en": ("start over", "restart", "start again"), "de": ("von vorne",), "es": ("empieza de nuevo",), "fr": ("recommence",),
        "it": ("ricomincia",),
    },
}  # fmt: skip
ALWAYS = ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.HelpIntent", "AMAZON.NavigateHomeIntent")


def opens(words: Sequence[Word], name: str, locale: str = "en") -> bool:
    """Whether this opens the skill: "open", "open ball park", "ball park"."""
    said, full = keys(words), keys(split(name))
    if bool(full) and said == full:
        return True
    openings = set(_told(_OPENINGS, locale))
    named = (*openings, *_told(_ASKINGS, locale)) if full else ()
    return said in openings or any(said == (*opening, *full) for opening in named)


def asked(words: Sequence[Word], name: str, locale: str = "en") -> Sequence[Word]:
    """What the skill is asked in "ask ball park who is on first"; the words themselves where it is not called by its name."""
    full, said = keys(split(name)), keys(words)
    for asking in _told(_ASKINGS, locale):
        begun = (*asking, *full)
        if full and said[: len(begun)] == begun:
            rest = words[len(begun) :]
            return rest[1:] if rest and (rest[0].key,) in set(_told(_CONNECTORS, locale)) else rest
    return words


def built_in(words: Sequence[Word], known: Sequence[str], locale: str = "en") -> str | None:
    """Which of these intents of Amazon's is meant, by what is usually said for it or by its name; None if none."""
    said = keys(words)
    for name in known:
        if said in set(_told(BUILT_IN.get(name, {}), locale)) or said == (name.casefold(),):
            return name
    return None


def yes_or_no(words: Sequence[Word], locale: str = "en") -> bool | None:
    """Whether it is a yes or a no; None if neither."""
    found = built_in(words, ("AMAZON.YesIntent", "AMAZON.NoIntent"), locale)
    return None if found is None else found == "AMAZON.YesIntent"


def without_manners(words: Sequence[Word], locale: str = "en") -> Sequence[Word]:
    """The words without what is polite at either end."""
    polite = set(_told(_MANNERS, locale))
    while found := next((each for each in polite if keys(words[: len(each)]) == each), None):
        words = words[len(found) :]
    while found := next((each for each in polite if words and keys(words[-len(each) :]) == each), None):
        words = words[: -len(found)]
    return words


def _told(told: Told, locale: str) -> Iterator[tuple[str, ...]]:
    """What is said in a language, in words that can be compared; what is said in English, too."""
    for language in dict.fromkeys((locale.partition("-")[0].lower(), "en")):
        yield from (keys(split(each)) for each in told.get(language, ()))
