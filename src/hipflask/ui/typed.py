"""What a drawing can know of the fields that somebody is typing in, and the rule that the browser is the truth for them.

    typed "ab"    event 7; its handler has put "ab" into the state
    a drawing begins, and reads "ab"
    typed "abc"   event 8: the screen shows "abc"
    the drawing ends: the field is to show "ab"     nothing is sent: it cannot have known of event 8
    event 8 has been handled                        the part is drawn again, and now knows it

Had "ab" been sent, the next letter would have been typed behind it, and the "c" lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .tree import Node


@dataclass
class Known:
    """What was known of all fields when a drawing began."""

    seen: int  # number of the last event that had been received
    unhandled: Collection[int] = ()  # nodes with an input that no handler had taken yet
    refused: Mapping[int, object] = field(default_factory=dict)  # see `refusals`
    overtaken: list[int] = field(default_factory=list)  # nodes whose drawn value came too late

    def covers(self, node: Node, value: object) -> bool:
        """Whether the drawing knew all that has been typed into this field so far; notes it where it did not.

        A value that says nothing new to somebody whose input was turned down does not count as known either.
        """
        if node.id in self.refused and self.refused[node.id] == value:
            return False
        if node.seen <= self.seen and node.id not in self.unhandled:
            return True
        self.overtaken.append(node.id)
        return False
