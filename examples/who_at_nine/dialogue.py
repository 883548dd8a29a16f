"""The two voices: what one says is what the other hears, understands in its vendor's way, and has answered by the app."""

import random
import threading
from dataclasses import dataclass, replace

from hipflask import ui
from hipflask.surfaces.voice.talk.running import Options, vendors

VOICES = {"Alexa": "alexa", "Dialogflow": "dialogflow-cx"}
PERSON = "You"
MOST = 80  # lines, after which nobody will ever know


@dataclass(frozen=True)
class Hearing:
    """What one voice made of what was said, and what went over the wire for it."""

    by: str
    intent: str
    slots: dict
    sent: dict
    came: dict


@dataclass(frozen=True)
class Line:
    """One thing that was said; `hearing` is missing until somebody has heard it, `known` unless it says who is there."""

    number: int
    who: str
    words: str
    hearing: Hearing | None = None
    known: tuple = ()


class Dialogue:
    """What has been said, and who listens next."""

    def __init__(self, app):
        self.lines = ui.State([])
        self._app = app
        self._lock = threading.RLock()  # a person may cut in while a voice speaks
        self._listeners = {}

    @property
    def is_over(self):
        """Whether somebody knows, or never will."""
        lines = self.lines.value
        return bool(lines) and (bool(lines[-1].known) or len(lines) >= MOST)

    def begin(self):
        """Forget everything, and open one of the two; the seed says which."""
        with self._lock:
            for name, vendor in VOICES.items():
                self._listeners[name] = vendors(self._app, Options(vendor=vendor))()
            self.lines.set([])
            first = random.Random(self._app.config["SEED"]).choice(list(VOICES))
            self._hear(Line(0, PERSON, self._opening), first)

    def turn(self):
        """Let the other one hear what was said last."""
        with self._lock:
            if not self.is_over:
                self._hear(self.lines.value[-1], self.listener)

    def cut_in(self, words):
        """Say something before the other one does; returns what is answered to it."""
        with self._lock:
            if not self.lines.value:
                self.begin()
            return self._hear(Line(len(self.lines.value), PERSON, words), self.listener)

    @property
    def listener(self):
        """Who hears what is said next."""
        speaker = self.lines.value[-1].who
        return next(name for name in VOICES if name != speaker)

    @property
    def _opening(self):
        return f"Open {self._app.config['ALEXA_INVOCATION_NAME']}."

    def _hear(self, line, listener):
        exchange = self._listeners[listener].hear(line.words)
        sent, came = exchange.wire[-1] if exchange.wire else ({}, {})  # silence is not sent
        heard = replace(line, hearing=Hearing(listener, *understood(sent), sent, came))
        answer = Line(line.number + 1, listener, exchange.speech or self._opening, known=exchange.card)
        self.lines.update(lambda before: [*before[: line.number], heard, answer])
        return answer.words


def understood(sent):
    """The intent and the slots in a vendor's request."""
    if "request" in sent:
        request = sent["request"]
        intent = request.get("intent") or {}
        slots = {name: slot["value"] for name, slot in intent.get("slots", {}).items() if "value" in slot}
        return intent.get("name") or request["type"], slots
    info = sent.get("intentInfo") or {}
    slots = {name: each["originalValue"] for name, each in info.get("parameters", {}).items()}
    return info.get("displayName") or sent.get("triggerEvent", ""), slots
