"""Whatever an app's author may call is explained: every docstring begins with one sentence."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import hipflask
from hipflask import events, testing, ui, voice
from hipflask.surfaces import window

DOORS: list[ModuleType] = [hipflask, ui, voice, events, testing, window]
# From a capital letter or a quoted name to a full stop, with none in between.
SENTENCE = re.compile(r"(?=[A-Z`])(?:`[^`]*`|[^.!?`]|[.!?](?=\S))+[.!?]")


def public() -> Iterator[tuple[str, Any]]:
    """Every public name, and every public method and property of the public classes that we wrote."""
    for door in DOORS:
        for name in door.__all__:
            thing = getattr(door, name)
            yield f"{door.__name__}.{name}", thing
            for member in methods(thing) if inspect.isclass(thing) else ():
                yield f"{door.__name__}.{name}.{member}", getattr(thing, member)


def methods(cls: type) -> Iterator[str]:
    for parent in cls.__mro__:
        for name, member in vars(parent).items() if parent.__module__.startswith("hipflask") else ():
            is_method = inspect.isroutine(member) or isinstance(member, property)
            if is_method and not name.startswith("_"):
                yield name


@pytest.mark.parametrize(
    ("name", "thing"), [pytest.param(*each, id=each[0]) for each in dict(public()).items()]
)
def test_it_is_explained_in_one_sentence_first(name: str, thing: Any) -> None:
    """The first paragraph's first line can stand alone: as help, in an editor, in the reference."""
    first = (inspect.getdoc(thing) or "").partition("\n")[0]
    assert first, f"{name} has no docstring"
    assert SENTENCE.fullmatch(first), f"{name} does not begin with one sentence on one line: {first!r}"


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_name_that_is_not_there_is_refused(door: ModuleType) -> None:
    """A door that loads lazily still knows what it does not have."""
    with pytest.raises(AttributeError, match="no_such_name"):
        door.no_such_name  # noqa: B018
