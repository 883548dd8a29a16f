"""What is answered: speech, and what only some vendors can do with it, in one form for all of them.

    statement("Who is on first.")                              said; the conversation is over
    question("Who is where?").reprompt("Which base?")          asked; and asked again if nobody answers
    statement("Out.").simple_card("Line-up", "Who: out")       with a card for the app on the phone

Each method returns the answer, so that they can be strung together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from ...core.errors import UsageError
from ...core.results import Reply, to_builtins
from ...core.words import join
from . import ssml
from .cards import Card, card_of
from .displays import list_template, template


@dataclass(frozen=True)
class Dialog:
    """What the vendor's own dialog is to do next."""

    kind: Literal["Delegate", "ElicitSlot", "ConfirmSlot", "ConfirmIntent"]
    slot: str | None = None
    updated_intent: Mapping[str, Any] | str | None = None


class Answer:
    """An answer for a voice; at other doors it is the words alone."""

    def __init__(self, speech: str | None = None, *, end: bool | None = None) -> None:
        self.speech = speech
        self.again: str | None = None  # what is asked if nobody answers
        self.card: Card | None = None
        self.end = end  # None: as is usual with the vendor
        self.data: Any = None
        self.directives: list[dict[str, Any]] = []  # Alexa's own
        self.alexa: dict[str, Any] = {}  # fields of its response
        self.dialog: Dialog | None = None
        self.suggestions: list[str] = []
        # Dialogflow goes on as if this had happened.
        self.next_event: tuple[str, dict[str, Any]] | None = None
        self.payload: Any = None  # Dialogflow hands it through to whatever shows the conversation

    def __plain__(self) -> Any:
        """What leaves by a door that does not speak."""
        return ssml.plain(self.speech or "") if self.data is None else self.data

    def simple_card(self, title: str | None = None, content: str | None = None) -> Self:
        """Show a card with a title and a text."""
        return self._show(Card("Simple", title, content))

    def standard_card(
        self,
        title: str | None = None,
        text: str | None = None,
        small_image_url: str | None = None,
        large_image_url: str | None = None,
    ) -> Self:
        """Show a card with a title, a text and a picture."""
        return self._show(Card("Standard", title, text, small_image_url, large_image_url))

    def link_account_card(self) -> Self:
        """Show a card by which the user links an account."""
        return self._show(Card("LinkAccount"))

    def consent_card(self, permissions: str | Iterable[str]) -> Self:
        """Show a card by which the user allows the skill to see what it asks for."""
        asked = (permissions,) if isinstance(permissions, str) else tuple(permissions)
        return self._show(Card("AskForPermissionsConsent", permissions=asked))

    def _show(self, card: Card) -> Self:
        self.card = card
        return self

    def directive(self, directive: Mapping[str, Any]) -> Self:
        """Add one of Alexa's directives as it is, such as those of APL."""
        if not isinstance(directive.get("type"), str):
            raise UsageError(
                f"A directive is a dict with a type, as {{'type': 'Hint', …}}, not {directive!r}."
            )
        self.directives.append(dict(directive))
        return self

    def with_alexa(self, **fields: Any) -> Self:
        """Set fields of Alexa's response as they are, such as canFulfillIntent or apiResponse."""
        self.alexa |= fields
        return self

    def display_render(self, **parts: Any) -> Self:
        """Show one of Alexa's body templates: template, title, text, image, background_image_url, token, backButton, hintText."""
        return self._display(*template(**parts))

    def list_display_render(self, **parts: Any) -> Self:
        """Show one of Alexa's list templates: as `display_render`, with listItems instead of text."""
        return self._display(*list_template(**parts))

    def _display(self, *directives: dict[str, Any]) -> Self:
        for directive in directives:
            self.directive(directive)
        return self

    def suggest(self, *words: str) -> Self:
        """Offer what might be answered, for a tap, where there is a screen (Dialogflow)."""
        self.suggestions += words
        return self

    def with_data(self, data: Any) -> Self:
        """Have something else leave by the doors that do not speak."""
        self.data = data
        return self

    def with_payload(self, payload: Any) -> Self:
        """Hand JSON through to whatever shows the conversation (Dialogflow)."""
        self.payload = payload
        return self


class Question(Answer):
    """An answer that waits for one."""

    def __init__(self, speech: str) -> None:
        super().__init__(speech, end=False)

    def reprompt(self, speech: str) -> Self:
        """Say this if nobody answers."""
        self.again = speech
        return self


def statement(speech: str) -> Answer:
    """Say something, and let the conversation end."""
    return Answer(speech, end=True)


def question(speech: str) -> Question:
    """Ask something, and wait for the answer."""
    return Question(speech)


def event(name: str, **parameters: Any) -> Answer:
    """Go on in Dialogflow as if this event had happened, with these parameters."""
    answer = Answer()
    answer.next_event = (name, parameters)
    return answer


# ── the vendor's own dialog ───────────────────────────────────────────────────────────────────────


def delegate(updated_intent: Mapping[str, Any] | str | None = None, speech: str | None = None) -> Answer:
    """Let the vendor ask for what is still missing, as the interaction model says."""
    return _dialog(Dialog("Delegate", None, updated_intent), speech)


def elicit_slot(slot: str, speech: str, updated_intent: Mapping[str, Any] | str | None = None) -> Answer:
    """Ask for one slot, or for the parameter of that name."""
    return _dialog(Dialog("ElicitSlot", slot, updated_intent), speech)


def confirm_slot(slot: str, speech: str, updated_intent: Mapping[str, Any] | str | None = None) -> Answer:
    """Ask whether a slot, or the parameter of that name, was heard well."""
    return _dialog(Dialog("ConfirmSlot", slot, updated_intent), speech)


def confirm_intent(speech: str, updated_intent: Mapping[str, Any] | str | None = None) -> Answer:
    """Ask whether all of it is meant."""
    return _dialog(Dialog("ConfirmIntent", None, updated_intent), speech)


def _dialog(dialog: Dialog, speech: str | None) -> Answer:
    answer = Answer(speech, end=False)
    answer.dialog = dialog
    return answer


# ── whatever a function returned ──────────────────────────────────────────────────────────────────


def answer_of(result: object) -> Answer:
    """What an action returned, as an answer; raises UsageError for what cannot be said."""
    if isinstance(result, Answer):
        return result
    if isinstance(result, Reply):
        return _of_reply(result)
    return Answer(words(result))


def _of_reply(reply: Reply) -> Answer:
    answer = Answer(words(reply.data) if reply.speech is None else reply.speech)
    answer.again, answer.card, answer.data = reply.reprompt, card_of(reply.card), reply.data
    answer.end = False if reply.end is None and reply.reprompt is not None else reply.end
    return answer


def words(result: object) -> str | None:
    """A result as it is said: text as it is, a number, a date, a list of such; raises UsageError for what has no words."""
    plain = to_builtins(result)
    if plain is None:
        return None
    if isinstance(plain, list | tuple) and all(isinstance(each, _SAYABLE) for each in plain):
        return join(map(_word, plain), "and") if plain else ""
    if isinstance(plain, _SAYABLE):
        return _word(plain)
    raise UsageError(
        f"A voice cannot say something of type {type(result).__name__}. Return text, or "
        "Reply(data, speech='…'), which keeps the data for the other doors."
    )


_SAYABLE = (str, int, float, bool)


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
