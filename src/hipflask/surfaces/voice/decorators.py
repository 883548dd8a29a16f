"""`@app.intent` and its kin: each records a door and returns the function as it was.

@app.intent("WhoIsOn", "who is on {base}", "who's at {base}")
def who_is_on(base: Literal["first", "second"]) -> str: ...

@app.launch
def hello(): return voice.question("Which base?")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from ...core.action import Door, Registry

F = TypeVar("F", bound=Callable[..., Any])


class _Occasion(Protocol):
    """A decorator that may be written with parentheses or without."""

    @overload
    def __call__(self, function: F, /) -> F: ...
    @overload
    def __call__(self) -> Callable[[F], F]: ...


class VoiceDecorators:
    """The decorators of functions that are spoken to."""

    actions: Registry

    def intent(
        self,
        name: str,
        *samples: str,
        mapping: Mapping[str, str] | None = None,
        convert: Mapping[str, str | Callable[[Any], Any]] | None = None,
        default: Mapping[str, Any] | None = None,
        contexts: Sequence[str] = (),
    ) -> Callable[[F], F]:
        """Let a function answer what is said, as `"who is on {base}"`; each `{slot}` fills the parameter of that name.

        Values are converted by the hints: a Literal or an Enum is one of its choices, a date may have been "next week". What is
        missing or does not fit is asked for again. `mapping` names the slot of a parameter, where it is another; `convert` has
        "date", "time", "timedelta" or a function, which then takes the hint's place; `default` has a value, or a function that
        gives one, for what was not said. With `contexts`, the function is meant only while all of them are there.
        """
        options = {
            "samples": tuple(samples),
            "mapping": dict(mapping or {}),
            "convert": dict(convert or {}),
            "default": dict(default or {}),
            "contexts": tuple(contexts),
        }
        return self._record(Door("intent", name, options), f"@app.intent({name!r})")

    def prompt_for(self, parameter: str, intent: str) -> Callable[[F], F]:
        """Let a function say how to ask for one parameter of an intent, where it has not been said."""
        door = Door("prompt_for", intent, {"parameter": parameter})
        return self._record(door, f"@app.prompt_for({parameter!r}, {intent!r})")

    @property
    def launch(self) -> _Occasion:
        """Let a function answer when somebody opens the skill without asking anything yet."""
        return self._occasion("launch", "launch")

    @property
    def fallback(self) -> _Occasion:
        """Let a function answer what no other function is meant for."""
        return self._occasion("fallback", "fallback")

    @property
    def session_ended(self) -> _Occasion:
        """Have a function called when a conversation has ended.

        Nobody hears what it says.

        It may take the `reason`.

        """
        return self._occasion("session_ended", "session_ended")

    @property
    def on_session_started(self) -> _Occasion:
        """Have a function called when a conversation begins, before the one that answers."""
        return self._occasion("on_session_started", "session_started")

    @property
    def on_playback_started(self) -> _Occasion:
        """Have a function called when Alexa begins to play a stream.

        It may take its `token` and its `offset` in milliseconds.
        """
        return self._occasion("on_playback_started", "AudioPlayer.PlaybackStarted")

    @property
    def on_playback_finished(self) -> _Occasion:
        """Have a function called when a stream has come to its end."""
        return self._occasion("on_playback_finished", "AudioPlayer.PlaybackFinished")

    @property
    def on_playback_stopped(self) -> _Occasion:
        """Have a function called when a stream was stopped."""
        return self._occasion("on_playback_stopped", "AudioPlayer.PlaybackStopped")

    @property
    def on_playback_nearly_finished(self) -> _Occasion:
        """Have a function called when it is time to queue the next stream."""
        return self._occasion("on_playback_nearly_finished", "AudioPlayer.PlaybackNearlyFinished")

    @property
    def on_playback_failed(self) -> _Occasion:
        """Have a function called when a stream could not be played.

        It may take the `error`.
        """
        return self._occasion("on_playback_failed", "AudioPlayer.PlaybackFailed")

    @property
    def display_element_selected(self) -> _Occasion:
        """Let a function answer a touch on the screen.

        It may take the `token` of what was touched.
        """
        return self._occasion("display_element_selected", "Display.ElementSelected")

    @property
    def on_purchase_completed(self) -> _Occasion:
        """Let a function answer when Alexa comes back from selling.

        It may take `name`, `status`, `payload` and `token`.
        """
        return self._occasion("on_purchase_completed", "Connections.Response")

    def on_alexa(self, request_type: str) -> Callable[[F], F]:
        """Let a function answer any other of Alexa's requests, by its type, such as "Alexa.Presentation.APL.UserEvent".

        Its parameters are the request's own fields, with names in snake_case.
        """
        return self._record(Door("voice", request_type), f"@app.on_alexa({request_type!r})")

    def _occasion(self, decorator: str, name: str) -> _Occasion:
        record = self._record(Door("voice", name), f"@app.{decorator}")
        return lambda function=None: record if function is None else record(function)  # type: ignore[return-value]

    def _record(self, door: Door, attempt: str) -> Callable[[F], F]:
        def record(function: F) -> F:
            self.actions.refuse_if_closed(f"{attempt} on {function.__qualname__}")
            from . import mounting  # only apps that are spoken to need any of it

            mounting.mount(self, self.actions.add(function, door), door)
            return function

        return record
