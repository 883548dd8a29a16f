"""May an assistant use this? The question that a person at the open program answers, and what they have answered for good.

    consent = Consent(notebook, show)
    Protocol(app, actions, consent.permit)    asks before each function is called, reading ones too
    consent.draw(question="…")                draws the question, in a window that `show(path)` opens

"Always" and "never" are kept in the notebook, by the function's kind and name. Closing the window is a no for this once, and so is
leaving it open for longer than an assistant would wait.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from ...core.results import encode_result
from .calls import Call
from .catalogue import Entry
from .running import NotAllowed
from .wire import Params

PATH = "/_hipflask/assistant/"
RULE = PATH + "<question>"
PATIENCE_SECONDS = 120.0
ALWAYS, ONCE, NEVER, NOT_NOW = "always", "once", "never", "not now"
_LOOK_SECONDS = 0.1
_LONGEST_SHOWN = 600
_LONGEST_NAME = 80


@dataclass(eq=False)
class Question:
    """One that somebody has to answer."""

    entry: Entry
    values: Params
    asker: str
    answer: str = NOT_NOW
    is_answered: Event = field(default_factory=Event)

    def settle(self, answer: str) -> None:
        """The person has answered; the first answer holds."""
        if not self.is_answered.is_set():
            self.answer = answer
            self.is_answered.set()


class Consent:
    """What a person allows assistants to do in their program."""

    def __init__(self, notebook: MutableMapping[str, Any], show: Callable[[str], None]) -> None:
        self._notebook = notebook
        self._show = show
        self._questions: dict[str, Question] = {}
        self._one_at_a_time = (
            Lock()
        )  # a person reads one question, and the answer may be for the next one too

    def permit(self, entry: Entry, values: Params, call: Call) -> None:
        """Return if it is allowed; raises NotAllowed."""
        answer = self._notebook.get(_key(entry))
        if answer not in (ALWAYS, NEVER):
            with self._one_at_a_time:
                answer = self._notebook.get(_key(entry)) or self._ask(entry, values, call)
        if answer not in (ALWAYS, ONCE):
            raise NotAllowed(
                f"The person at the program has not allowed {entry.title!r}. Ask them before you try it again."
            )

    def _ask(self, entry: Entry, values: Params, call: Call) -> str:
        call.refuse_if_cancelled()
        id, question = secrets.token_urlsafe(16), Question(entry, values, call.asker)
        self._questions[id] = question
        try:
            self._show(PATH + id)
            end = time.monotonic() + PATIENCE_SECONDS
            while not question.is_answered.wait(_LOOK_SECONDS) and time.monotonic() < end:
                call.refuse_if_cancelled()
        finally:
            del self._questions[id]
            question.settle(NOT_NOW)
        if question.answer in (ALWAYS, NEVER):
            self._notebook[_key(entry)] = question.answer
        return question.answer

    def draw(self, question: str) -> None:
        """The question's own window."""
        from ... import ui

        asked = self._questions.get(question)
        if asked is None:
            ui.text("This has been answered.")
            ui.button("Close", on_click=ui.close_window)
            return
        ui.on_close(lambda: asked.settle(NOT_NOW))
        ui.heading(f"May an assistant use “{asked.entry.title}”?", level=3)
        if asked.asker:
            ui.text(f"It calls itself “{asked.asker[:_LONGEST_NAME]}”.", tone="quiet")
        if asked.entry.action.help:
            ui.text(asked.entry.action.help)
        if asked.values:
            ui.code(_shown(asked.values))
        with ui.row():
            for words, answer in (("Allow once", ONCE), ("Always allow", ALWAYS), ("Never", NEVER)):
                ui.button(words, on_click=_settle, args=(asked, answer), key=answer)


def _settle(question: Question, answer: str) -> None:
    from ... import ui

    question.settle(answer)
    ui.close_window()


def _key(entry: Entry) -> str:
    return f"{entry.door.surface} {entry.name}"


def _shown(values: Params) -> str:
    lines = "\n".join(f"{name} = {encode_result(value).decode()}" for name, value in values.items())
    return lines if len(lines) <= _LONGEST_SHOWN else lines[: _LONGEST_SHOWN - 1] + "…"
