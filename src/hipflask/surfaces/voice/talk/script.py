"""Conversations in a file, replayed as tests.

    # Who is on first
    > open ball park
    < Which base?
    > first
    < Who is on first*
    ---
    > count
    < That is 1.*

`>` is what is said (nothing after it is silence), `<` what is to be answered; `*` stands for anything. Several `<` lines are one
answer. `---` begins anew, as somebody else. `#` is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .exchange import Exchange, Vendor
from .showing import readable


class BadScript(ValueError):
    """A line of a script makes no sense; the message says which."""


@dataclass
class Step:
    """Something that is said, and what is to be answered; None if that does not matter."""

    line: int
    said: str
    expected: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """An answer that is not as it should be."""

    step: Step
    answered: str


def read(text: str) -> list[list[Step]]:
    """The conversations in a script; raises BadScript."""
    talks: list[list[Step]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        mark, words = line[:1], line[1:].strip()
        if not line.strip() or mark == "#":
            continue
        if line.strip("-") == "" and len(line) >= 3:
            talks.append([])
        elif mark == ">":
            talks[-1].append(Step(number, words))
        elif mark == "<" and talks[-1]:
            talks[-1][-1].expected.append(words)
        else:
            raise BadScript(
                f"line {number}: {line[:60]!r}. Write `> what is said`, then `< what is to be answered`; `---` begins anew, "
                "`#` is a comment."
            )
    found = [talk for talk in talks if talk]
    if not found:
        raise BadScript("nothing is said in it. Write `> what is said`, then `< what is to be answered`.")
    return found


def replay(
    talks: Sequence[Sequence[Step]], begin: Callable[[], Vendor]
) -> Iterator[tuple[Exchange, Difference | None]]:
    """Say everything in turn, each conversation to a new listener."""
    for talk in talks:
        vendor = begin()
        for step in talk:
            exchange = vendor.hear(step.said)
            yield exchange, difference(step, exchange)
        vendor.close()


def difference(step: Step, exchange: Exchange) -> Difference | None:
    """How the answer differs; None if it is as it should be, or if nothing is said about it."""
    answered = readable(exchange.speech)
    if not step.expected:
        return None
    return None if fits(" ".join(step.expected), answered) else Difference(step, answered)


def fits(expected: str, answered: str) -> bool:
    """Whether an answer is the expected one, where `*` is anything; what is emphasised has asterisks of its own, and fits too."""
    parts = " ".join(expected.split()).split("*")
    return re.fullmatch(".*".join(map(re.escape, parts)), answered, re.S) is not None


def told(name: str, found: Difference) -> str:
    """A difference as lines of a diff."""
    return "\n".join(
        (
            f"{name}:{found.step.line}: > {found.step.said}",
            f"- {' '.join(found.step.expected)}",
            f"+ {found.answered}",
        )
    )
