"""What a live session has drawn: the tree, and how one part or one value of it is drawn anew.

    canvas.draw_first(arguments)          the whole tree
    canvas.redraw(part, known)            → the patches that bring a screen from the tree before to the tree now

A drawing that raises is reported and leaves the tree as it was; the report is taken back when all that failed is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from threading import Lock

from .diff import Index, diff
from .drawing import Batch, Binding, Part
from .refusals import NOTHING
from .tree import Kind, Node
from .typed import Known
from .wire import Edit, Patch, Set

ROOT = Kind("root", "hf-root")


class Canvas:
    """The tree of one live session."""

    def __init__(
        self, part: Part, report: Callable[[BaseException, str], None], mended: Callable[[], None]
    ) -> None:
        self.part = part
        self.root = Node(ROOT, {})
        self.index = Index()
        # Guards the nodes: a drawing puts them in place while the screen reports what is typed.
        self.lock = Lock()
        self._report, self._mended = report, mended
        self._failed: set[Part] = set()

    @property
    def nodes(self) -> dict[int, Node]:
        """Every node that is there, by id."""
        return self.index.nodes

    def draw_first(self, arguments: Mapping[str, object]) -> None:
        """Draw everything for the first time; what the window function raises, this raises."""
        batch = Batch()
        try:
            node = batch.draw(self.part, (), arguments)
        except BaseException:
            batch.discard()
            raise
        batch.commit()
        self.root.children = [node]
        self.index.adopt(self.root)

    def redraw(self, item: Part | Binding, known: Known) -> list[Patch]:
        """Draw a part, or read a bound value, unless that is up to date or on the screen no more."""
        if isinstance(item, Binding):
            return self._read(item, known)
        return self._draw(item, known) if item.dirty and item.alive else []

    def bound_value(self, node: int) -> object:
        """What the field of that number is bound to, as the screen would show it; NOTHING if it cannot be said."""
        for binding in _bindings(self.part):
            if (
                binding.node is not None
                and binding.node.id == node
                and binding.prop == binding.node.kind.field
            ):
                try:
                    return binding.encode(binding.field.get())
                except Exception:  # the app's own; then the next drawing may say what it likes
                    return NOTHING
        return NOTHING

    def _read(self, binding: Binding, known: Known) -> list[Patch]:
        if binding.node is None:
            return []
        try:
            value = binding.read()
        except BaseException as error:  # whatever it is, the other fields and parts go on
            self._report(error, "Reading a bound value")
            return []
        with self.lock:
            node = binding.node
            if node is None or node.props.get(binding.prop) == value:
                return []
            if binding.prop != node.kind.field:
                node.props[binding.prop] = value
                return [Set(node.id, {binding.prop: value})]
            if not known.covers(node, value):
                return []
            node.props[binding.prop] = value
            return [Edit(node.id, value, node.seen)]

    def _draw(self, part: Part, known: Known) -> list[Patch]:
        batch = Batch()
        before = part.node
        try:
            after = batch.draw(part, part.args, part.kwargs, part.place)
        except BaseException as error:  # whatever it is, the other parts go on
            batch.discard()
            self._failed.add(part)
            self._report(error, f"Drawing {part.kind.name}")
            return []
        with self.lock:
            drawn = set(batch.parts)
            patches = diff(before, after, self.index, known)
            batch.commit()
            # The parent's list of children holds `before`, so that is the object which goes on.
            before.children = after.children
            part.node = self.index.nodes[before.id] = before
        self._note_drawn(drawn)
        return patches

    def _note_drawn(self, parts: Collection[Part]) -> None:
        """Take the error away from the window when the last of the parts that had failed is drawn, or gone."""
        had_failed = bool(self._failed)
        self._failed = {part for part in self._failed if part.alive and part not in parts}
        if had_failed and not self._failed:
            self._mended()


def _bindings(part: Part) -> Iterator[Binding]:
    yield from part.bindings
    for child in part.parts.values():
        yield from _bindings(child)
