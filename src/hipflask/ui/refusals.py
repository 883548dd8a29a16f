"""Fields whose input was turned down: the sentence at each, and the value that it would go back to.

What was typed stays on the screen beside its sentence, for the person to mend. A drawing that only brings the value that the
field had at that moment says nothing new, however late it comes; another value takes the field over, and the sentence away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

NOTHING = object()


class Refusals:
    """What is said at the fields of one live session."""

    def __init__(self) -> None:
        self._said: dict[int, str] = {}
        self._held: dict[int, object] = {}
        self.changed: set[int] = set()  # fields where the screen does not say it yet

    def put(self, node: int, sentence: str | None, held: object) -> bool:
        """Say it at a field, or nothing any more; returns whether that is another sentence."""
        is_new = self._said.get(node) != sentence
        self._said.pop(node, None)
        self._held.pop(node, None)
        if sentence is not None:
            self._said[node], self._held[node] = sentence, held
        if is_new:
            self.changed.add(node)
        return is_new

    def keep_only(self, is_there: Callable[[int], bool]) -> None:
        """Forget fields that are gone."""
        for node in [node for node in self._said if not is_there(node)]:
            del self._said[node], self._held[node]

    def lift(self, nodes: Iterable[int]) -> None:
        """These fields have got another value, so what was wrong with the old one matters no more."""
        for node in nodes:
            if self._said.pop(node, None) is not None:
                del self._held[node]
                self.changed.add(node)

    def all_to_say(self) -> None:
        """Have everything said anew."""
        self.changed.update(self._said)

    def take(self) -> dict[int, str | None]:
        """What the screen does not say yet."""
        changed, self.changed = self.changed, set()
        return {node: self._said.get(node) for node in changed}

    def held(self) -> dict[int, object]:
        """The values that say nothing new, by field."""
        return dict(self._held)
