"""One chart on one screen: a stream that says what has come, and hears where its person looks.

    ← points {"number": 1, "columns": […], "extent": [0, 60]}      drawn, or looked at anew
    → view {"width": 812, "range": null}                          so wide; null: it follows the newest points
    ← more [2, front, back, […], extent]                          what differs, once a frame
    → view {"width": 812, "range": [20, 30]}                      zoomed
    ← points {"number": 3, …}                                       the same stretch, finer

Columns travel as base64 of little-endian Float64 within the JSON of the frame: what makes frames small is that a screen is only sent what it can
show, some thousand points at first and a handful after that, so a second, binary channel (with an order to keep between the two) would spare little;
Float32 would spare half and show a price of 64213.55 as 64213.5508.
"""

from __future__ import annotations

import sys
from array import array
from base64 import b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Any

from ..streams import Stream, StreamOwner
from ..tree import Node
from ..wire import Call, Patch, Set
from .feeds import Feed
from .links import Link, Range, link_of
from .showing import Binned, News, Spec, Thinned

# Before a screen has said how wide it is.
USUAL_WIDTH = 1000.0
WIDEST = 20_000.0


class Plot(Stream):
    """The chart of one node."""

    events = frozenset({"view", "point"})

    def __init__(self, owner: StreamOwner) -> None:
        super().__init__(owner)
        self._showing: Thinned | Binned | None = None
        self._next: Thinned | Binned | None = None  # as it was drawn, if the drawing takes effect
        self._width = USUAL_WIDTH
        self._range: Range = None
        self._cursor: float | None = None
        self._number = 0
        self._points: dict[str, Any] = {}
        self._link: Link | None = None
        self._is_led = False  # a linked chart has said where to look
        self._is_lost = False  # the screen has missed something

    # ── drawing ───────────────────────────────────────────────────────────────────────────────────

    def draw(self, node: Node, feed: Feed, spec: Spec, link: str | None) -> None:
        """Show a feed at this node, going on with what is there where it is the same."""
        self._follow(None if link is None else link_of(self.owner.workers, link))
        showing = self._showing
        if showing is None or showing.spec != spec or not showing.feed.same_as(feed):
            showing = spec.show(feed)
            self._number += 1
            self._points = self._whole(showing.update(self._width, self._range))
        self._next = showing
        self.show(node)

    def settle(self) -> None:
        """The drawing has taken effect: follow what it has drawn."""
        super().settle()
        before, self._showing = self._showing, self._next
        if self._showing is not before and self._showing is not None:
            if before is not None:
                before.feed.unwatch(self)
            self._showing.feed.watch(self)
            self.changed()  # whatever has come since it was drawn

    def end(self) -> None:
        """It is on the screen no more."""
        super().end()
        self._follow(None)
        if self._showing is not None:
            self._showing.feed.unwatch(self)

    def _follow(self, link: Link | None) -> None:
        if link is self._link:
            return
        if self._link is not None:
            self._link.leave(self)
        self._link = link
        if link is not None:
            link.join(self)
            self._range = link.range

    # ── from the points to the screen ─────────────────────────────────────────────────────────────

    def props(self) -> Mapping[str, Any]:
        """What its node begins with: all that the screen holds."""
        showing = self._next
        assert showing is not None
        feed = showing.feed
        found = {
            "points": self._points,
            "range": None if self._range is None else list(self._range),
            "cursor": self._cursor,
            "time": feed.axes.is_time,
            "labels": feed.axes.labels,
            "rows": feed.axes.rows,
            "reading": feed.is_reading or None,
            "failure": feed.failure or None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def patches(self) -> list[Patch]:
        """What has come, or what is to be seen where the person looks now."""
        self.dirty = False
        node, showing = self.node, self._showing
        if node is None or showing is None:
            return []
        news = showing.update(self._width, self._range)
        wait = showing.rests()
        if wait:
            self.owner.workers.later(wait, self.changed)
        calls = self._said(node, news) if news is not None else []
        before, after = node.props, dict(self.props())
        changed = {name: after.get(name) for name in _LIVE if before.get(name) != after.get(name)}
        if (
            not self._is_led
        ):  # the screen is ahead: what it has said itself could only take a hand back that has moved on
            changed.pop("range", None)
        self._is_led = False
        node.props = {name: value for name, value in before.items() if name not in _LIVE} | after
        if self._is_lost:
            self._is_lost, calls = False, []
            changed["points"] = self._points
        return [Set(node.id, changed), *calls] if changed else calls

    def _said(self, node: Node, news: News) -> list[Patch]:
        self._number += 1
        self._points = self._whole(news)
        if news.whole:
            return [Set(node.id, {"points": self._points})]
        more = [encoded(column) for column in news.more]
        return [Call(node.id, "more", [self._number, news.front, news.back, more, news.extent])]

    def _whole(self, news: News | None) -> dict[str, Any]:
        if news is None:
            return {"number": self._number, "columns": [], "extent": None, "steps": None}
        return {
            "number": self._number,
            "columns": [encoded(column) for column in news.rows],
            "extent": news.extent,
            "steps": news.steps,
        }

    # ── from the screen ───────────────────────────────────────────────────────────────────────────

    def heard(self, event: str, value: Any, /) -> None:
        """Where the person looks, or points."""
        if event == "point":
            x = None if value is None else _number(value)
            self._cursor = x
            if self._link is not None:
                self._link.point(x, self)
            return
        width, looked = _number(value["width"]), _checked_range(value["range"])
        self._width = min(max(width, 1.0), WIDEST)
        self._is_lost |= value.get("again") is True
        if looked != self._range:
            self._range = looked
            if self._link is not None:
                self._link.look(looked, self)
        self.changed()

    def look(self, range: Range) -> None:
        """Show this stretch of x, because a linked chart does."""
        self._range, self._is_led = range, True
        self.changed()

    def point(self, x: float | None) -> None:
        """Show the cursor there, because a linked chart does."""
        self._cursor = x
        self.changed()


_LIVE = ("range", "cursor", "time", "labels", "rows", "reading", "failure")


def encoded(column: array[float]) -> str:
    """A column as it travels: base64 of little-endian Float64."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return b64encode(column.tobytes()).decode()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("a number was expected")
    return float(value)


def _checked_range(value: Any) -> Range:
    if value is None:
        return None
    low, high = map(_number, value)
    if not low < high:
        raise ValueError("a range from less to more was expected")
    return low, high
