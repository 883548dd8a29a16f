"""Random programs for the screen: nested containers, components, conditions and loops, driven by a few states.

A program is plain data, so that Hypothesis can print and shrink it:

    ["row", None, [["text", 0], ["if", 1, [["part", 0, "item", None]], []]]]

`window_of` makes a window function of it. The same program drawn by a session that has lived through many changes, and
by one that has just been opened, must show the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from hipflask import ui

NUMBERS = 3
LISTS = 2
PARTS = 3
KEYS = st.none() | st.integers(0, 2)
NUMBER = st.integers(0, NUMBERS - 1)
LIST = st.integers(0, LISTS - 1)

Statement = list[Any]
Block = list[Statement]


class Boom(Exception):
    """What a program raises when it is told to."""


@dataclass
class World:
    """What a program reads: numbers that are 0 or 1 for the most part, and lists of different numbers."""

    numbers: list[ui.State[int]] = field(default_factory=lambda: [ui.State(0) for _ in range(NUMBERS)])
    lists: list[ui.State[list[int]]] = field(default_factory=lambda: [ui.State([1, 2]) for _ in range(LISTS)])
    boom: ui.State[bool] = field(default_factory=lambda: ui.State(False))


@dataclass(frozen=True)
class Program:
    """The window's own statements, and those of each component; a component uses only later ones."""

    window: Block
    parts: list[Block]


def window_of(program: Program, world: World) -> Callable[[], None]:
    """The window function that a program describes."""
    components: list[Callable[..., None]] = []

    def component(body: Block, number: int) -> Callable[..., None]:
        def part(given: object) -> None:
            run(body, given, number)

        part.__qualname__ = f"part{number}"
        return ui.component(part)

    def run(block: Block, given: object, level: int) -> None:
        for statement in block:
            one(statement, given, level)

    def one(statement: Statement, given: object, level: int) -> None:
        match statement:
            case ["text", number]:
                ui.text(world.numbers[number].value)
            case ["follow", number, key]:
                ui.text(world.numbers[number], key=key)  # by itself, with nothing drawn again
            case ["given", key]:
                ui.text(f"given {given}", key=key)
            case ["input", number]:
                ui.input("field", bind=world.numbers[number])
            case ["own", key]:
                ui.text(ui.state("own").value, key=key)
            case [("row" | "column" | "card") as kind, key, block]:
                with getattr(ui, kind)(key=key):
                    run(block, given, level)
            case ["if", number, then, otherwise]:
                run(then if world.numbers[number].value else otherwise, given, level)
            case ["swap", number, block]:
                for place in (0, 1):
                    with ui.row():
                        if world.numbers[number].value == place:
                            run(block, given, level)
            case ["loop", number, is_keyed, block]:
                for item in world.lists[number].value:
                    with ui.row(key=item if is_keyed else None):
                        run(block, item, level)
            case ["each", number, part, is_keyed]:
                for item in world.lists[number].value:
                    components[max(part, level)](item, key=item if is_keyed else None)
            case ["part", part, argument, key]:
                components[max(part, level)](_argument(argument, given, world), key=key)
            case ["boom"]:
                if world.boom.value:
                    raise Boom

    components.extend(component(body, number + 1) for number, body in enumerate(program.parts))
    # The last one uses none, so that every program comes to an end.
    components.append(component([["given", None]], PARTS + 1))
    return lambda: run(program.window, None, 0)


def _argument(argument: str, given: object, world: World) -> object:
    match argument:
        case "given":
            return given
        case "list":
            return world.lists[0].value  # the very object, which is changed in place
        case _:
            return world.numbers[int(argument)].value


def _statements(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Statement]:
    return st.one_of(
        st.tuples(st.sampled_from(["row", "column", "card"]), KEYS, inner).map(list),
        st.tuples(st.just("if"), NUMBER, inner, inner).map(list),
        st.tuples(st.just("swap"), NUMBER, inner).map(list),
        st.tuples(st.just("loop"), LIST, st.booleans(), inner).map(list),
    )


_PART = st.integers(0, PARTS)
_LEAF = st.one_of(
    st.tuples(st.just("text"), NUMBER).map(list),
    st.tuples(st.just("follow"), NUMBER, KEYS).map(list),
    st.tuples(st.just("given"), KEYS).map(list),
    st.tuples(st.just("input"), NUMBER).map(list),
    st.tuples(st.just("own"), KEYS).map(list),
    st.tuples(st.just("each"), LIST, _PART, st.booleans()).map(list),
    st.tuples(st.just("part"), _PART, st.sampled_from(["given", "list", "0", "1"]), KEYS).map(list),
    st.tuples(st.just("part"), _PART, st.sampled_from(["given", "list", "0", "1"]), st.none()).map(list),
    st.just(["boom"]),
)
_BLOCK = st.recursive(
    st.lists(_LEAF, min_size=1, max_size=3),
    lambda inner: st.lists(_LEAF | _statements(inner), min_size=1, max_size=3),
    max_leaves=8,
)
programs = st.builds(Program, _BLOCK, st.lists(_BLOCK, min_size=PARTS, max_size=PARTS))

_ITEMS = st.lists(st.integers(0, 4), unique=True, max_size=4)
# ("number", which, value), ("list", which, items), ("in place", which, items): the last one without telling anybody.
changes = st.one_of(
    st.tuples(st.just("number"), NUMBER, st.integers(0, 1)),
    st.tuples(st.just("list"), LIST, _ITEMS),
    st.tuples(st.just("in place"), LIST, _ITEMS),
    st.tuples(st.just("boom"), st.just(0), st.booleans()),
)


def apply(change: tuple[str, int, Any], world: World) -> None:
    """Make one change, as a handler would."""
    match change:
        case ("number", which, value):
            world.numbers[which].set(value)
        case ("list", which, items):
            world.lists[which].set(list(items))
        case ("in place", which, items):
            world.lists[which].value[:] = items
        case ("boom", _, value):
            world.boom.set(value)
