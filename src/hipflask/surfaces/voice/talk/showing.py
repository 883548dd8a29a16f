"""What a person sees of an exchange: speech that can be read, the card, what the simulator has to say of it.

<speak>That is <emphasis>one</emphasis>.<break time="1s"/> Go on?</speak>    →    That is *one*. … Go on?
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.parsers import expat

from .. import ssml
from .exchange import Exchange

_AROUND = {"emphasis": "*", "amazon:effect": "~", "amazon:emotion": "~", "prosody": "~", "voice": "~"}
_PAUSE, _SOUND = " … ", " ♪ "


def readable(speech: str) -> str:
    """Speech for the eye: pauses are dots, sounds a note, what is emphasised stands between asterisks."""
    if not ssml.is_ssml(speech):
        return " ".join(speech.split())
    parts: list[str] = []
    parser = expat.ParserCreate()

    def begin(name: str, _: dict[str, str]) -> None:
        parts.append(
            {"break": _PAUSE, "audio": _SOUND}.get(name)
            or _AROUND.get(name, " " if name in ("p", "s") else "")
        )

    def end(name: str) -> None:
        parts.append(_AROUND.get(name, " " if name in ("p", "s") else ""))

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append
    try:
        parser.Parse(speech.strip().encode(), True)
    except expat.ExpatError:
        return ssml.plain(speech)
    return " ".join("".join(parts).split())


def lines(name: str, exchange: Exchange) -> Iterator[str]:
    """The lines that show an exchange."""
    for note in exchange.notes:
        yield f"  ({note})"
    if exchange.speech:
        yield f"{name}: {readable(exchange.speech)}"
    elif exchange.wire and not exchange.notes:
        yield f"{name} says nothing."
    if exchange.card:
        title, *rest = exchange.card
        yield f"  ┌ {title}"
        yield from (f"  │ {line}" for each in rest for line in each.splitlines())
    if exchange.suggestions:
        yield f"  [{'] ['.join(exchange.suggestions)}]"
    if exchange.reprompt:
        yield f"  (if nobody answers: {readable(exchange.reprompt)})"
    if exchange.is_over:
        yield "  (the conversation is over)"


def wire(exchange: Exchange) -> Iterator[str]:
    """What was sent and what came back, as JSON."""
    for sent, came in exchange.wire:
        yield f"→ {json.dumps(sent, indent=2, ensure_ascii=False)}"
        yield f"← {json.dumps(came, indent=2, ensure_ascii=False)}"
