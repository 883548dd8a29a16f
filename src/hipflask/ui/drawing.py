"""Calling window functions and components, and noting what they draw and what they read.

    def lineup():                      Part(lineup)          reads: players
        with ui.row():                   row
            seat("Who")                    Part(seat)        reads: chosen
                                              text "Who"

A *part* is one drawn component: it has its own state and its own list of what it read. When something that it read
changes, that part alone is drawn again. While its parent is drawn, a part whose arguments are equal to last time's is
taken over as it stands. Nothing takes effect before `Batch.commit`: a drawing that raises leaves all as it was.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from functools import wraps
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from ..core import context, tracing
from ..core.errors import DrawingError, UsageError
from ..core.ports import Field, FindPlace, FindSync, History, Notebook, Source
from ..core.rows import FindRows
from ..core.tracing import Cause
from . import arguments, telling, whence
from .states import State
from .streams import Stream
from .tree import Kind, Node, checked_key
from .waiting import refuse_async, refuse_waiting

if TYPE_CHECKING:  # it brings asyncio, which a program without windows need not load
    from .workers import Workers

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., None])
S = TypeVar("S", bound=Stream)

CellName = tuple[object, ...]


class Owner(Protocol):
    """The live session, as far as drawings need to know it."""

    name: str
    find_place: FindPlace
    find_rows: FindRows
    find_sync: FindSync
    history: History | None
    notebook: Notebook
    workers: Workers
    debug: bool

    def call(self, method: str, *args: object, node: int = 0) -> None:
        """Have the screen do something once."""

    def report(self, error: BaseException, what: str) -> None:
        """Log an error and show it in the window."""

    def soil(self, dirty: Part | Binding | Stream) -> None:
        """Have it drawn (or read) again with the next frame; from any thread."""

    def keep_an_eye_on(self, state: State[Any]) -> None:
        """After each handler, look whether this container was changed in place."""


class Memory(Protocol):
    """What a part knew before the program was loaded anew; `devtools` keeps it."""

    def value(self, name: CellName, initial: object) -> object:
        """What a new state begins with: its value before, or else `initial`."""

    def below(self, name: CellName) -> Memory | None:
        """The same for a part that is drawn by this one."""


class Part:
    """One drawn component, for as long as it stays on the screen."""

    causes: tuple[Cause, ...] = ()  # why it is dirty, where somebody looks

    def __init__(
        self, owner: Owner, kind: Kind, function: Callable[..., None], depth: int, key: object = None
    ) -> None:
        self.owner = owner
        self.kind = kind
        self.function = function
        self.depth = depth
        self.node = Node(kind, {}, key)
        self.args: tuple[object, ...] = ()
        self.kwargs: Mapping[str, object] = {}
        self.prints: list[int | None] = []
        self.sources: set[Source] = set()
        self.cells: dict[CellName, State[Any]] = {}
        self.parts: dict[CellName, Part] = {}
        self.bindings: list[Binding] = []
        self.streams: dict[CellName, Stream] = {}
        self.dirty = False
        self.is_stale = (
            False  # its last drawing failed: to be drawn whenever its parent is, in spite of equal arguments
        )
        self.alive = True
        self.place: tuple[object, ...] = ()
        self.memory: Memory | None = None

    def follow(self, sources: Collection[Source]) -> None:
        """Be drawn again when any of these change, too."""
        for source in sources:
            source.watch(self)
        self.sources = self.sources.union(sources)

    def changed(self) -> None:
        """Something that this part read is out of date."""
        if tracing.sinks:
            self.causes = telling.heard(self.causes)
        # The flag is taken down before a drawing reads anything, so a change that finds it up will still be read.
        if not self.dirty and self.alive:
            self.dirty = True
            self.owner.soil(self)

    def take_causes(self) -> tuple[Cause, ...]:
        """Why it is drawn now; what comes later is for the drawing after this one."""
        causes, self.causes = self.causes, ()
        return causes

    def end(self) -> None:
        """Stop following anything: the part is not on the screen any more."""
        self.alive = False
        for source in self.sources:
            source.unwatch(self)
        for binding in self.bindings:
            binding.end()
        for stream in self.streams.values():
            stream.end()
        for part in self.parts.values():
            part.end()


class Binding:
    """One property of one node, followed by itself: when it changes nothing is drawn again."""

    causes: tuple[Cause, ...] = ()  # why it is dirty, where somebody looks

    def __init__(self, owner: Owner, field: Field, prop: str, encode: Callable[[Any], object]) -> None:
        self.owner = owner
        self.field = field
        self.prop = prop
        self.encode = encode
        self.node: Node | None = None  # None before it is drawn, and when it is on the screen no more
        self.sources: list[Source] = []
        self.dirty = False

    def changed(self) -> None:
        """The bound value is another one."""
        if tracing.sinks:
            self.causes = telling.heard(self.causes)
        if not self.dirty and self.node is not None:
            self.dirty = True
            self.owner.soil(self)

    def record(self, source: Source) -> None:
        """Note what the field is made of."""
        if self.node is None:
            return
        if source not in self.sources:
            self.sources.append(source)
        source.watch(self)

    def read(self) -> object:
        """The bound value, as the screen shows it."""
        self.dirty = False
        token = context.recorder.set(self)
        try:
            return self.encode(self.field.get())
        finally:
            context.recorder.reset(token)

    def end(self) -> None:
        """Stop following, also if it is dirty and will be read once more."""
        self.node = None
        for source in self.sources:
            source.unwatch(self)


class Drawing:
    """One run of one part's function."""

    def __init__(self, part: Part, batch: Batch, args: Any, kwargs: Any, place: tuple[object, ...]) -> None:
        self.part = part
        self.batch = batch
        self.args = args
        self.kwargs = kwargs
        self.place = place
        # Before anything is drawn: a list that changes while it is being drawn has then changed since.
        self.prints = arguments.prints(args, kwargs)
        self.root = Node(part.kind, {}, part.node.key)
        self.parents: list[Node] = [self.root]
        self.sources: set[Source] = set()
        self.cells: dict[CellName, State[Any]] = {}
        self.parts: dict[CellName, Part] = {}
        self.bindings: list[Binding] = []
        self.streams: dict[CellName, Stream] = {}
        self._passed: dict[CellName, int] = {}
        self._places = _Places(self.root, place)

    def record(self, source: Source) -> None:
        """Note that the part read `source`, and follow it from this moment."""
        if source not in self.sources:
            self.sources.add(source)
            source.watch(self.part)
            if isinstance(source, State):
                self.part.owner.keep_an_eye_on(source)

    def add(self, node: Node) -> Node:
        """Append an element to the current parent."""
        node.parents = self.parents
        node.parent = self.parents[-1]
        node.parent.children.append(node)
        return node

    def name(self, *what: object) -> CellName:
        """A name for a state or part that is the same in every drawing: what it is, the keys around it, and how often
        this place of the code has been passed before."""
        place = (*what, *(node.key for node in self.parents if node.key is not None))
        nth = self._passed.get(place, 0)
        self._passed[place] = nth + 1
        return (nth, *place)

    def cell(self, place: tuple[object, ...], initial: object) -> State[Any]:
        """The state that was made at this place of the code last time, or a new one."""
        name = self.name(*place)
        state = self.part.cells.get(name)
        if state is None:
            if self.part.memory is not None:
                initial = self.part.memory.value(name, initial)
            # Kept on the part at once: should this drawing fail, the next one finds what handlers may already hold.
            state = self.part.cells[name] = State(initial)
            file, _, line, *_ = place
            state.belong_to(self.part.owner.name, cast("str", file), cast("int", line))
        self.cells[name] = state
        return state

    def stream(self, place: tuple[object, ...], make: Callable[[Owner], S]) -> S:
        """The stream that was drawn at this place of the code last time, or a new one."""
        name = self.name(*place)
        stream = self.part.streams.get(name)
        if stream is None:
            stream = make(self.part.owner)
            self.batch.new_streams.append(stream)
        self.streams[name] = stream
        return cast("S", stream)

    def draw_part(
        self, kind: Kind, function: Callable[..., None], key: object, args: Any, kwargs: Any
    ) -> None:
        """Draw a component here, or take it over from last time if nothing that it depends on has changed."""
        checked_key(kind, key)
        name = self.name(function, key)
        place = self._places.of_next(kind, key, self.parents[-1])
        part = self.part.parts.get(name)
        if part is None:
            part = Part(self.part.owner, kind, function, self.part.depth + 1, key)
            part.dirty = True
            if self.part.memory is not None:
                part.memory = self.part.memory.below(name)
            self.batch.born.append(part)
        self.parts[name] = part
        # Elsewhere in the tree its nodes would be compared with other nodes than themselves.
        if part.dirty or part.is_stale or part.place != place or not _same(part, args, kwargs):
            node = self._draw_below(part, args, kwargs, place)
        else:
            node = part.node
        node.parent = self.parents[-1]
        node.parent.children.append(node)

    def _draw_below(self, part: Part, args: Any, kwargs: Any, place: tuple[object, ...]) -> Node:
        if not tracing.sinks:
            return self.batch.draw(part, args, kwargs, place)
        causes = part.take_causes() or (_why(part, self.part, args, kwargs, place),)
        with telling.drawing(part.function, causes, part.owner.name):
            return self.batch.draw(part, args, kwargs, place)


class _NotedDrawing(Drawing):
    """One run that also keeps the line which drew each element."""

    def add(self, node: Node) -> Node:
        """Append an element to the current parent."""
        whence.note(node)
        return Drawing.add(self, node)


class _Places:
    """Where nodes stand, as `diff` sees it: the kind, key and ordinal of each node on the way down from the root."""

    def __init__(self, root: Node, base: tuple[object, ...]) -> None:
        self._places: dict[Node, tuple[object, ...]] = {root: base}
        self._counted: dict[Node, int] = {}
        self._ordinals: dict[tuple[Node, Kind, object], int] = {}

    def of_next(self, kind: Kind, key: object, parent: Node) -> tuple[object, ...]:
        """The place of the child that is about to be appended to `parent`."""
        self._count(parent)
        return (self._of(parent), kind, key, self._ordinals.get((parent, kind, key), 0))

    def _of(self, node: Node) -> tuple[object, ...]:
        if node not in self._places:
            assert node.parent is not None
            self._count(node.parent)
        return self._places[node]

    def _count(self, parent: Node) -> None:
        """Number the children that have come since last time, so that a long list is gone through once."""
        above = self._of(parent)
        for child in parent.children[self._counted.get(parent, 0) :]:
            name = (parent, child.kind, child.key)
            nth = self._ordinals.get(name, 0)
            self._ordinals[name] = nth + 1
            self._places[child] = (above, child.kind, child.key, nth)
        self._counted[parent] = len(parent.children)


class Batch:
    """The drawings of one frame, which take effect together."""

    def __init__(self) -> None:
        self._begun: list[Drawing] = []
        self._drawn: dict[Part, Drawing] = {}
        self._were_dirty: list[Part] = []
        self.born: list[Part] = []
        self.new_streams: list[Stream] = []

    @property
    def parts(self) -> Collection[Part]:
        """The parts that were drawn."""
        return self._drawn.keys()

    def draw(self, part: Part, args: Any, kwargs: Any, place: tuple[object, ...] = ()) -> Node:
        """Call the part's function; returns the root of what it drew."""
        if part.dirty:
            self._were_dirty.append(part)
            part.dirty = False
        kind = _NotedDrawing if whence.is_asked else Drawing
        drawing = kind(part, self, args, kwargs, place)
        self._begun.append(drawing)
        current = _drawing.set(drawing)
        recording = context.recorder.set(drawing)
        try:
            refuse_waiting(part.function, part.function(*args, **kwargs))
        except BaseException:
            part.is_stale = True
            raise
        finally:
            context.recorder.reset(recording)
            _drawing.reset(current)
        self._drawn[part] = drawing
        return drawing.root

    def commit(self) -> None:
        """Let the new drawings take the place of the old ones."""
        for part, drawing in self._drawn.items():
            part.args, part.kwargs, part.prints = drawing.args, drawing.kwargs, drawing.prints
            part.place, part.is_stale = drawing.place, False
            for source in part.sources - drawing.sources:
                source.unwatch(part)
            for name, child in part.parts.items():
                if drawing.parts.get(name) is not child:
                    child.end()
            for binding in part.bindings:
                binding.end()
            for place, stream in part.streams.items():
                if drawing.streams.get(place) is not stream:
                    stream.end()
            part.sources, part.cells, part.parts = drawing.sources, drawing.cells, drawing.parts
            part.bindings, part.streams, part.node = drawing.bindings, drawing.streams, drawing.root
            for stream in part.streams.values():
                stream.settle()
        self._let_go()

    def discard(self) -> None:
        """Forget the drawings, because one of them failed: parts that were new never were, the others stay as they are.

        Parts that were drawn well and had reason of their own are drawn again, each by itself, with the next frame. The
        outermost one follows all that was read on the way to the failure: a change there is worth another try.
        """
        for drawing in self._begun:
            for binding in drawing.bindings:
                binding.end()
            for stream in drawing.streams.values():
                stream.withdraw()
            drawing.part.follow(drawing.sources)
            self._begun[0].part.follow(drawing.sources)
        for stream in self.new_streams:
            stream.end()
        for part in self.born:
            part.end()
        for part in self._were_dirty:
            if part in self._drawn:
                part.changed()
        self._let_go()

    def _let_go(self) -> None:
        """Forget the drawings: they know the batch as it knows them, and old trees would wait for the collector."""
        self._drawn.clear()
        self._begun.clear()


_drawing: ContextVar[Drawing | None] = ContextVar("hipflask.drawing", default=None)
under_way = _drawing.get  # the drawing under way, if there is one


def current(what: str) -> Drawing:
    """The drawing under way; raises DrawingError, naming `what` was tried, where there is none."""
    drawing = _drawing.get()
    if drawing is None:
        raise DrawingError(
            f"{what} was used where nothing is being drawn. Elements belong in a window function or a @ui.component. "
            "In a handler, change a state and let the drawing show it:\n"
            "    done = ui.state(False)\n"
            "    ui.button('Save', on_click=lambda: done.set(True))\n"
            "    if done.value:\n"
            "        ui.text('Saved')"
        )
    return drawing


def is_drawing() -> bool:
    """Whether a window function or component is being run just now, in this context."""
    return _drawing.get() is not None


def state(initial: T) -> State[T]:
    """A value that belongs to this window and is kept from drawing to drawing.

    It is found again by the place of this call in the code and the `key=`s around it, so it may stand behind an `if`;
    when a drawing does not come past this place the value is forgotten. `initial` counts for the first drawing only.
    """
    drawing = current("ui.state")
    return cast("State[T]", drawing.cell(place_of(sys._getframe(1)), initial))


def place_of(caller: FrameType) -> tuple[object, ...]:
    """A place in the code as states are named by it; hot reload finds it again by the text of its line."""
    code = caller.f_code
    return code.co_filename, code.co_qualname, caller.f_lineno, caller.f_lasti


def component(function: F) -> F:
    """Make a function that draws into a part of its own: it alone runs again when something that it read changes.

        @ui.component
        def seat(player):
            ui.text(player.name)

        seat(player, key=player.id)

    Calling it with arguments equal to last time's does not run it again. `key=` tells apart siblings that may change places.
    """
    refuse_async(function, "@ui.component")
    if "key" in inspect.signature(function).parameters:
        raise UsageError(
            f"@ui.component {function.__qualname__}: the parameter `key` is taken, it tells siblings apart. "
            "Give yours another name."
        )
    kind = part_kind(function)

    @wraps(function)
    def draw(*args: Any, key: object = None, **kwargs: Any) -> None:
        current(f"{function.__qualname__}()").draw_part(kind, function, key, args, kwargs)

    return cast("F", draw)


def part_kind(function: Callable[..., object]) -> Kind:
    """The kind of all parts that are drawn by one function."""
    return Kind(function.__qualname__, "hf-part")


def _same(part: Part, args: tuple[object, ...], kwargs: Mapping[str, object]) -> bool:
    is_alike = arguments.are_alike(part.args, args) and arguments.are_alike(part.kwargs, kwargs)
    # A list may be the same object with other contents, which is equal to itself.
    return is_alike and part.prints == arguments.prints(args, kwargs)


def _why(part: Part, parent: Part, args: Any, kwargs: Any, place: tuple[object, ...]) -> Cause:
    """Why a part is drawn that nothing which it read has asked for."""
    above = parent.kind.name
    if not part.place:
        return Cause("reload" if part.memory is not None else "parent", above)
    if part.is_stale:
        return Cause("error", part.kind.name)
    if part.place != place:
        return Cause("place", above)
    others = arguments.others(part.function, part.args, part.kwargs, args, kwargs)
    return Cause("arguments", ", ".join(others) or above)
