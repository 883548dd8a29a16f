"""What several versions have, as pages: few as the sequencer has packed each, many put together once for all who lack the same.

bodies.of([[version 8 of everybody's], [version 9 of everybody's, version 9 of "team:5"]])      two packed pages
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from .deltas import Body, fitting, folded, pages, unpacked
from .recent import Kept
from .tables import HubTables

# A replica puts versions together itself. To do it for each who is another few versions behind costs more than everything else here.
MOST_APART = 20
_MOST_KEPT = 50

Versions = Sequence[Sequence[Kept]]  # each of some scopes


class Bodies:
    """Packed pages, and those of them that took work; from any thread."""

    def __init__(self, tables: HubTables) -> None:
        self._keys = {table.name: table.key_columns for table in tables}
        self._kept: OrderedDict[tuple[tuple[int, str], ...], list[bytes]] = OrderedDict()
        self._lock = Lock()

    def of(self, versions: Versions, *, are_after_pages: bool = False) -> list[bytes]:
        """The pages of these versions, in order; after those of a download always put together.

        What a download has read is newer than some of these. A row that it did not find any more has only a part in one version, and is
        gone in a later one; and a replica that writes a large download page by page has no row to put that part into.
        """
        if are_after_pages or len(versions) > MOST_APART:
            return self._together(versions)
        return [body for version in versions for body in self._together([version])]

    def _together(self, versions: Versions) -> list[bytes]:
        parts = [kept for scopes in versions for kept in scopes]
        if len(parts) == 1 and parts[0].body is not None:
            return [parts[0].body]
        key = tuple((kept.version, kept.scope) for kept in parts)
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            delta = folded(map(_unpacked, versions), self._keys)
            known = [packed for page in pages(delta.body()) for packed in fitting(page)]
            with self._lock:
                self._kept[key] = known
                while len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
        return known


def rows_in(versions: Versions) -> int:
    """How many rows they have."""
    return sum(kept.rows for version in versions for kept in version)


def _unpacked(scopes: Sequence[Kept]) -> list[Body]:
    return [unpacked(kept.body) for kept in scopes if kept.body is not None]
