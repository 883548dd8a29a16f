"""What `User` and `Screen` have in common: somebody at a window, who looks until they find or lose patience.

    person.click("Deal")
    person.see("Two pair")

A subclass says what is in the window (`seen`) and how things are done there; looking and its failures are here, so that
a test reads, and fails, alike with both.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

# What something to choose from is called, by its role.
CHOICES = frozenset({"combobox", "listbox", "radiogroup"})

Number = float | tuple[float, float]


class NotSeen(AssertionError):
    """What somebody looked for is not in the window; the message shows what is."""


@dataclass(frozen=True)
class Found:
    """One element that somebody sees."""

    role: str
    label: str
    value: Any
    is_disabled: bool
    is_busy: bool

    def says(self, words: str) -> bool:
        """Whether these words can be read there: in its label or, for what holds a text or a number, in its value."""
        value = ", ".join(map(str, self.value)) if isinstance(self.value, list) else self.value
        is_readable = isinstance(value, str | int | float) and not isinstance(value, bool)
        return words in self.label or (is_readable and words in str(value))

    def __str__(self) -> str:
        value = f" = {self.value!r}" if self.value not in (None, "") else ""
        state = " (disabled)" * self.is_disabled + " (busy)" * self.is_busy
        return f"{self.role} {self.label!r}{value}{state}"


F = TypeVar("F", bound=Found)


class Person(ABC, Generic[F]):
    """Somebody who uses one window of an app; `patience` is how long they wait for something to appear, in seconds."""

    patience: float

    @abstractmethod
    def open(self, path: str = "/") -> Self:
        """Open a window at a path; raises AssertionError if the app does not answer with one."""

    @abstractmethod
    def close(self) -> None:
        """Close the window."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ── seeing ────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def seen(self) -> list[F]:
        """Everything in the window that has a role, from top to bottom."""

    @abstractmethod
    def notes(self) -> list[str]:
        """The texts of all notes that have popped up so far."""

    @abstractmethod
    def errors(self) -> list[str]:
        """The messages of all errors that the window has shown so far."""

    def see(self, words: str) -> F:
        """Wait until these words are in the window, as (part of) a text, a label or a value; raises NotSeen."""
        return self._wait_for(lambda found: found.says(words), f"{words!r}")

    def see_not(self, words: str) -> None:
        """Wait until these words are nowhere in the window; raises AssertionError."""
        end = time.monotonic() + self.patience
        while any(found.says(words) for found in self.seen()):
            if time.monotonic() > end:
                raise AssertionError(f"{words!r} is still there.\n{self.describe()}")
            self._pause()

    def find(self, label: str, role: str | None = None) -> F:
        """Wait for the one element that is called so (exactly, or else the only one whose label contains it)."""
        what = f"{role or 'anything'} called {label!r}"
        return self._wait_for(
            lambda found: found.label == label and role in (None, found.role), what, label, role
        )

    def describe(self) -> str:
        """What is in the window, a line each."""
        return "In the window:\n" + "\n".join(f"  {found}" for found in self._in_sight())

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def click(self, label: str) -> None:
        """Press the button, menu item, tab or branch of this name, tick its box, unfold it, follow the link; waits until that is done."""

    @abstractmethod
    def type(self, label: str, text: str, *, enter: bool = False) -> None:
        """Type into the field of this name, in place of what it holds, one letter after the other."""

    @abstractmethod
    def choose(self, label: str, *options: str) -> None:
        """Choose an option of the select, combobox or radio of this name by its text, or those of a multi_select."""

    @abstractmethod
    def slide(self, label: str, value: Number) -> None:
        """Move the slider of this name to a number, or the two ends of a range, or point at so many stars."""

    @abstractmethod
    def dismiss(self, label: str) -> None:
        """Close the dialog or drawer of this name, as Escape does."""

    @abstractmethod
    def upload(self, label: str, name: str, content: bytes | str, type: str = "") -> None:
        """Upload a file of this name and content where something is called so; raises EntryError if it is turned down."""

    # ── for those who say how ─────────────────────────────────────────────────────────────────────

    @abstractmethod
    def _in_sight(self) -> Iterable[F]:
        """What is in the window now, without waiting."""

    @abstractmethod
    def _pause(self) -> None:
        """Let a moment pass before looking again."""

    def _choice(self, label: str) -> F:
        return self._wait_for(
            lambda found: found.label == label and found.role in CHOICES, f"choice called {label!r}"
        )

    def _wait_for(
        self, matches: Callable[[F], bool], what: str, label: str | None = None, role: str | None = None
    ) -> F:
        end = time.monotonic() + self.patience
        while True:
            seen = self.seen()
            if found := [found for found in seen if matches(found)]:
                return found[0]
            near = [found for found in seen if label and label in found.label and role in (None, found.role)]
            if len(near) == 1:
                return near[0]
            if time.monotonic() > end:
                raise NotSeen(f"There is no {what}.\n{self.describe()}")
            self._pause()


def check_pressable(found: Found) -> None:
    """Raise AssertionError if nobody could press it."""
    if found.is_disabled or found.is_busy:
        raise AssertionError(f"A user cannot press {found}.")


def check_options(label: str, wanted: Sequence[str], there: Iterable[str]) -> None:
    """Raise NotSeen if something is to be chosen that is not there."""
    names = list(there)
    for option in wanted:
        if option not in names:
            raise NotSeen(f"{label!r} has no option {option!r}; it has {names!r}.")
