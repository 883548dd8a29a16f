"""States on their way from a program to the same program, edited.

A state is found again by the function that makes it, the text of the line that does, the `key=`s around it, and how
often that line had been passed: so it survives whatever is edited elsewhere, and begins anew when its own line is.

    ("lineup", "clicks = ui.state(0)", 0)          → b"…"     pickled by itself: one that fails takes no other along

Names are made of text alone, so that they can be read before, and without, the program's own classes.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ..ui.drawing import CellName, Part
from ..ui.host import DISCONNECTED_SECONDS, Host
from ..ui.states import State
from .sources import Sources, own_modules

_logger = logging.getLogger("hipflask.devtools")

Name = tuple[object, ...]


@dataclass
class KeptPart:
    """One drawn component's states, and those of the components that it drew."""

    cells: dict[Name, bytes] = field(default_factory=dict)
    parts: dict[Name, KeptPart] = field(default_factory=dict)


@dataclass
class KeptSession:
    """One window's states, by the function that draws it."""

    function: str
    part: KeptPart
    time: float = field(default_factory=time.time)


@dataclass
class Kept:
    """Everything that is handed over."""

    sessions: dict[str, KeptSession] = field(default_factory=dict)
    shared: dict[Name, bytes] = field(default_factory=dict)


class Given:
    """What the child before has left, for the sessions that come back one by one."""

    def __init__(self, states: bytes, sources: Sources) -> None:
        self.states = states
        self._kept: Kept = pickle.loads(states) if states else Kept()
        self._sources = sources
        self._claimed: set[str] = set()

    def recall(self, session: str, function: Callable[..., None]) -> PartMemory | None:
        """What a page's earlier session knew, if the same function drew it."""
        kept = self._kept.sessions.get(session)
        if kept is None or kept.function != function.__qualname__:
            return None
        self._claimed.add(session)
        return PartMemory(kept.part, self._sources)

    def restore_shared(self) -> None:
        """Give the states of modules the values that they had."""
        for name, state in _shared(self._sources).items():
            if name in self._kept.shared:
                state.set(_unpickled(self._kept.shared[name], state.value, str(name[1])))

    def unclaimed(self, halted: Collection[str]) -> dict[str, KeptSession]:
        """The sessions that have not come back yet, or could not be drawn when they did."""
        oldest = time.time() - DISCONNECTED_SECONDS
        return {
            name: kept
            for name, kept in self._kept.sessions.items()
            if name not in self._claimed.difference(halted) and kept.time > oldest
        }


class PartMemory:
    """What one part knew; `ui.drawing.Memory` says how it is asked."""

    def __init__(self, kept: KeptPart, sources: Sources) -> None:
        self._cells = dict(kept.cells)
        self._parts = kept.parts
        self._naming = _Naming(sources)

    def value(self, name: CellName, initial: object) -> object:
        """What a new state begins with: its value before, or else `initial`."""
        stable = self._naming.cell(name)
        pickled = self._cells.pop(stable, None)
        return initial if pickled is None else _unpickled(pickled, initial, str(stable[1]))

    def below(self, name: CellName) -> PartMemory | None:
        """The same for a part that is drawn by this one."""
        kept = self._parts.get(_part_name(name))
        return PartMemory(kept, self._naming.sources) if kept is not None else None


def take(host: Host, sources: Sources, given: Given) -> bytes:
    """Everything that the next child is to go on with."""
    kept = Kept(given.unclaimed(host.halted_pages))
    for session in host.sessions():
        part = _kept_part(session.part, sources)
        kept.sessions[session.id] = KeptSession(session.part.function.__qualname__, part)
    kept.shared = _pickled({name: state.value for name, state in _shared(sources).items()})
    return pickle.dumps(kept)


def _kept_part(part: Part, sources: Sources) -> KeptPart:
    naming = _Naming(sources)
    # Copies, since a drawing may be under way.
    cells = {naming.cell(name): state.value for name, state in part.cells.copy().items()}
    parts = {_part_name(name): _kept_part(child, sources) for name, child in part.parts.copy().items()}
    return KeptPart(_pickled(cells), parts)


class _Naming:
    """Names for the states of one part that outlive an edit; asked for in the order in which they are drawn."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._passed: Counter[Name] = Counter()

    def cell(self, name: CellName) -> Name:
        """The name for what this run of the program calls (nth, file, function, line, instruction, *keys)."""
        _, file, function, line, _, *keys = name
        text = self.sources.call_at(str(file), int(str(line)))
        place = (function, text, *map(repr, keys))
        self._passed[place] += 1
        return (*place[:2], self._passed[place], *place[2:])


def _part_name(name: CellName) -> Name:
    nth, function, *keys = name
    return (nth, getattr(function, "__qualname__", ""), *map(repr, keys))


def _shared(sources: Sources) -> dict[Name, State[object]]:
    return {
        (module.__name__, name, sources.definition(module, name)): value
        for module in own_modules()
        for name, value in list(vars(module).items())
        if isinstance(value, State)
    }


def _pickled(values: Mapping[Name, object]) -> dict[Name, bytes]:
    pickled = {}
    for name, value in values.items():
        try:
            pickled[name] = pickle.dumps(value)
        except Exception as error:  # whatever the value's own class raises
            _logger.warning("%s begins anew: %r cannot be handed over (%s)", name[1], value, error)
    return pickled


def _unpickled(pickled: bytes, initial: object, what: str) -> object:
    try:
        return pickle.loads(pickled)
    except Exception as error:  # a class that has been renamed, or that has other fields now
        _logger.warning("%s begins anew: its value does not fit the program any more (%s)", what, error)
        return initial
