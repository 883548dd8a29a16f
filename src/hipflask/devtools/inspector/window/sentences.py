"""What a person reads: why something was done, how long it took, when, how much it was.

why([Cause("change", "player.name", values={"key": "0192…", "whose": "another process"})])
# "ran again because player.name of 0192… changed in another process"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from ..records import Cause, Span

LONGEST_KEY = 24
FindSpan = Callable[[str], Span | None]

# Nothing that is more seldom than these needs a colour.
KINDS = {
    "event": "from the screen",
    "handler": "handler",
    "task": "task",
    "draw": "drawing",
    "frame": "frame",
    "statement": "query",
    "commit": "commit",
}
_WHERE = {"another process": " in another process", "the hub": " at the hub", "this process": ""}


def why(causes: Sequence[Cause], find: FindSpan = lambda span: None) -> str:
    """Why a drawing ran, as half a sentence; empty where nothing led to it."""
    if not causes:
        return ""
    first = because(causes[0], find)
    more = len(causes) - 1
    return f"ran again because {first}" + (f", and {more} more" if more else "")


def because(cause: Cause, find: FindSpan = lambda span: None) -> str:
    """One cause, as what follows upon "because"."""
    by = _doer(cause, find)
    match cause.kind:
        case "change":
            key = cause.values.get("key", "")
            where = _WHERE.get(cause.values.get("whose", ""), "") or by
            return f"{cause.what}{f' of {shortened(key)}' if key else ''} changed{where}"
        case "state":
            return f"the state {cause.values.get('name') or ''}at {cause.what} changed{by}".replace("  ", " ")
        case "parent":
            return f"what it stands in was drawn again{f' ({cause.what})' if cause.what else ''}"
        case "arguments":
            return f"it was called with other arguments{f' ({cause.what})' if cause.what else ''}"
        case "place":
            return "it stands elsewhere in the window"
        case "error":
            return "its last drawing had failed"
        case "event":
            return (
                f"of what came from the screen ({cause.what})"
                if cause.what
                else "of what came from the screen"
            )
        case "call":
            return (
                f"the screen was asked to do something ({cause.what})"
                if cause.what
                else "the screen was asked to do something"
            )
        case "reload":
            return "the program was loaded again"
    return f"{cause.kind} {cause.what}".strip() + by


def _doer(cause: Cause, find: FindSpan) -> str:
    span = find(cause.span) if cause.span else None
    while span is not None and span.kind in ("commit", "statement"):
        span = find(span.parent)
    return f", in {title(span)}" if span is not None else ""


def title(span: Span) -> str:
    """What a span is called: "handler save"."""
    return (
        span.name
        if span.kind in ("event", "commit", "frame")
        else f"{KINDS.get(span.kind, span.kind)} {span.name}"
    )


def shortened(text: str, most: int = LONGEST_KEY) -> str:
    """A text that leaves room for the sentence that it stands in; keys that were made up are told apart by their end."""
    return text if len(text) <= most else f"{text[: most - 10]}…{text[-6:]}"


def seconds(value: float) -> str:
    """How long something took."""
    if value < 0:
        return "still going on"
    if value >= 100:
        return f"{value:,.0f} s"
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.0f} ms" if value >= 0.01 else f"{value * 1000:.1f} ms"


def size(count: float) -> str:
    """So many bytes."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"


def clock(at: float) -> str:
    """When something was, to the thousandth of a second."""
    whole = int(at)
    return f"{_second(whole)}.{int((at - whole) * 1000):03}"


@lru_cache(1000)  # thousands of records may be of one second
def _second(at: int) -> str:
    try:
        return datetime.fromtimestamp(at).strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):  # a report of a computer whose clock was far off
        return "--:--:--"


def number(count: int, one: str, many: str = "") -> str:
    """So many of something: "1 frame", "2,000 frames"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
