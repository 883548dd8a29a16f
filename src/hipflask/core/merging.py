"""What happens where two people have changed the same value before they heard of each other.

class Item(db.Model):
    name: Mapped[str]                                          the later of two changes wins
    stock: Mapped[Annotated[int, Merge.sum]] = 0               both count: 10 - 2 and 10 + 5 make 13
    best: Mapped[Annotated[int, Merge.max]] = 0                the greater one
    price: Mapped[Annotated[int, Merge.server]]                what the hub has wins over whoever did not know it
    notes: Mapped[Annotated[str, Merge.text]] = ""             both edits, letter by letter
    street: Mapped[Annotated[str, Merge.together("address")]]  with the other columns of "address", or not at all
    town: Mapped[Annotated[str, Merge.together("address")]]
    tags: Mapped[Annotated[str, Merge.by(union)]]              union(theirs, ours) says
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

V = TypeVar("V")


@dataclass(frozen=True)
class Merge:
    """How two changes of one value become one, noted in a column's hint.

    Without it the later one wins.
    """

    kind: Literal["last", "server", "max", "sum", "text", "by"] = "last"
    group: str = ""
    function: Callable[[Any, Any], Any] | None = None

    server: ClassVar[Merge]
    max: ClassVar[Merge]
    sum: ClassVar[Merge]
    text: ClassVar[Merge]

    @staticmethod
    def by(function: Callable[[V, V], V]) -> Merge:
        """Have `function(theirs, ours)` say, at the hub, what the two values become; it is called only where they met."""
        return Merge("by", function=function)

    @staticmethod
    def together(group: str) -> Merge:
        """Columns of one group win or lose as one: an address never gets the street of one and the town of another."""
        return Merge(group=group)


Merge.server, Merge.max, Merge.sum, Merge.text = Merge("server"), Merge("max"), Merge("sum"), Merge("text")
