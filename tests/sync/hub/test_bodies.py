"""What several versions have, as pages: few as they are, many as one, and the same in the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hipflask.sync.hub import bodies
from hipflask.sync.hub.bodies import Bodies
from hipflask.sync.hub.recent import Kept
from hipflask.sync.messages import Rows, pack, unpack

TABLES: Any = [SimpleNamespace(name="item", key_columns=("id",))]


def version(number: int, scope: str = "", **change: Any) -> Kept:
    """One scope of one version, in which an item was changed or has gone."""
    gone = [change.pop("gone")] if "gone" in change else []
    rows = [[*change.values()]] if change else []
    body = pack([Rows("item", [*change], rows, gone, False)])
    return Kept(number, scope, 1, body)


def read(found: list[bytes]) -> dict[str, Any]:
    """As a replica takes them, one after the other."""
    items: dict[str, Any] = {}
    for body in found:
        for rows in unpack(body, list[Rows]):
            items |= dict.fromkeys(rows.gone)
            for row in rows.rows:
                values = dict(zip(rows.columns, row, strict=True))
                items[values["id"]] = (items.get(values["id"]) or {}) | values
    return items


def test_few_go_as_the_sequencer_has_packed_them() -> None:
    """The very bytes, in the order of the versions."""
    first, second = version(8, id="a", price=1), version(9, id="a", price=2)
    assert Bodies(TABLES).of([[first], [second]]) == [first.body, second.body]


def test_many_are_one_page_and_come_to_the_same() -> None:
    """Whoever was away for a while is not sent each price that there was meanwhile."""
    some = [[version(number, id=f"i{number % 3}", price=number)] for number in range(bodies.MOST_APART + 1)]
    many = Bodies(TABLES).of(some)
    assert len(many) == 1
    assert read(many) == read([body for each in some for body in Bodies(TABLES).of([each])])


def test_after_the_pages_of_a_download_few_are_one_page_as_well() -> None:
    """A row that has gone by the last of them is not told of in parts: it may not have been on a page."""
    some = [[version(8, id="a", price=1)], [version(9, gone="a")], [version(10, id="b", price=3)]]
    (page,) = Bodies(TABLES).of(some, are_after_pages=True)
    assert read([page]) == {"a": None, "b": {"id": "b", "price": 3}}
    assert [row for rows in unpack(page, list[Rows]) for row in rows.rows] == [["b", 3]]


def test_within_a_version_what_has_gone_comes_first() -> None:
    """A row that moved between two of somebody's scopes stays."""
    moved = [version(8, "team:5", id="a", price=1), version(8, "team:6", gone="a")]
    assert read(Bodies(TABLES).of([moved])) == {"a": {"id": "a", "price": 1}}
