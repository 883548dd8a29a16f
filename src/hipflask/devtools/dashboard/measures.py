"""What is drawn of each target, one line for each of them: a title, and how its value comes out of what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

from .figures import Interval

Value = Callable[[Interval], float]


@dataclass(frozen=True, slots=True)
class Family:
    """Spans that a person thinks of as one thing."""

    title: str
    kinds: tuple[str, ...]


REQUESTS = Family("Requests", ("request", "tool", "intent", "command", "message", "schedule"))
HANDLERS = Family("Handlers", ("handler", "task"))
DRAWINGS = Family("Drawings", ("draw",))
STATEMENTS = Family("Statements", ("statement",))
HUB = Family("Calls of the hub", ("hub ",))
FAMILIES = (REQUESTS, HANDLERS, DRAWINGS, STATEMENTS, HUB)


@dataclass(frozen=True, slots=True)
class Measure:
    """One chart: for each target, a line for each of `lines`."""

    title: str
    lines: tuple[tuple[str, Value], ...]  # what stands after the target's name, and its value
    unit: str = ""
    digits: int | None = None


def rate(family: Family) -> Value:
    """So many of them a second."""
    return lambda interval: interval.rate(
        interval.of(family.kinds).count if interval.knows(family.kinds) else nan
    )


def errors(families: Sequence[Family]) -> Value:
    """So many that failed a second."""
    kinds = [kind for family in families for kind in family.kinds]
    return lambda interval: interval.rate(interval.of(kinds).errors)


def changes(family: Family) -> Value:
    """So many changes a second that they were about."""
    return lambda interval: interval.rate(
        interval.of(family.kinds).changes if interval.knows(family.kinds) else nan
    )


def milliseconds(family: Family, part: float) -> Value:
    """Within which time this part of them was over."""
    return lambda interval: interval.of(family.kinds).quantile(part) * 1000


def gauge(name: str) -> Value:
    """What a program says of itself under this name."""
    return lambda interval: interval.gauges.get(name, nan)


def _how_long(family: Family) -> Measure:
    lines = ((" p95", milliseconds(family, 0.95)), (" p50", milliseconds(family, 0.5)))
    return Measure(f"{family.title}: how long", lines, "ms", 1)


def _how_often(family: Family) -> Measure:
    return Measure(f"{family.title} per second", (("", rate(family)),), digits=1)


MEASURES = (
    *(measure for family in FAMILIES for measure in (_how_often(family), _how_long(family))),
    Measure("Errors per second", (("", errors(FAMILIES)),), digits=2),
    Measure("Sessions", (("", gauge("hipflask_sessions")),), digits=0),
    Measure("Changes that wait to be sent", (("", gauge("hipflask_sync_waiting")),), digits=0),
    Measure("Time without the hub", (("", gauge("hipflask_sync_offline_seconds")),), "s", 0),
    Measure("Changes through the hub per second", (("", changes(HUB)),), digits=1),
    Measure("Versions that replicas are behind", (("", gauge("hipflask_hub_behind")),), digits=0),
    Measure("Replicas connected to a hub", (("", gauge("hipflask_hub_replicas")),), digits=0),
)
