"""What a surface hands to a function as it is, and nobody can send: `def take(event: events.SQSEvent)`."""

from __future__ import annotations

from typing import Any, ClassVar

from .hints import bare, members


class Given:
    """A parameter whose type hint is a class of this kind gets the surface's own object, such as a raw event.

    For all other surfaces there is no such parameter: it needs a default, if the function is theirs too.
    """

    surfaces: ClassVar[frozenset[str]] = frozenset()  # those that have such an object


def is_given(hint: Any) -> bool:
    """Whether a surface fills a parameter of this hint with an object of its own."""
    return bool(given_classes(hint))


def given_classes(hint: Any) -> tuple[type[Given], ...]:
    """The classes that a hint names, if an object of one of them is to be handed over; none for all other hints."""
    bases = [bare(member)[0] for member in members(hint)]
    if not all(isinstance(base, type) and issubclass(base, Given) for base in bases):
        return ()
    return tuple(bases)
