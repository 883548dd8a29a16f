"""What two readings of a target say about the time between them: how often, how long, how many errors.

A histogram that Prometheus is shown counts from the start of its program. The difference of two says what happened between,
and its buckets, in which of the durations half and nineteen twentieths have come to their end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, nan

from .exposition import Sample

DURATION = "hipflask_duration_seconds"
ERRORS = "hipflask_errors_total"
CHANGES = "hipflask_changes_total"
MOST_NAMES = 2_000  # of what one target can make a dashboard remember
MOST_GAUGES = 500

Key = tuple[str, str]  # the kind of a span, and its name


@dataclass(slots=True)
class Count:
    """How often something has happened, and how long it took; since the start of a program, or between two readings."""

    count: float = 0.0
    seconds: float = 0.0
    errors: float = 0.0
    changes: float = 0.0
    buckets: dict[float, float] = field(default_factory=dict)  # how many took at most so many seconds

    def add(self, other: Count) -> None:
        """Count what another has counted, too."""
        self.count += other.count
        self.seconds += other.seconds
        self.errors += other.errors
        self.changes += other.changes
        for bound, count in other.buckets.items():
            self.buckets[bound] = self.buckets.get(bound, 0.0) + count

    def since(self, before: Count | None) -> Count:
        """What has been counted since then; everything, if the program began anew meanwhile."""
        if before is None or self.count < before.count or self.errors < before.errors:
            return self
        return Count(
            self.count - before.count,
            max(self.seconds - before.seconds, 0.0),
            self.errors - before.errors,
            max(self.changes - before.changes, 0.0),
            {
                bound: max(count - before.buckets.get(bound, 0.0), 0.0)
                for bound, count in self.buckets.items()
            },
        )

    def quantile(self, part: float) -> float:
        """Within how many seconds this part of them was over: a guess between the bounds of a bucket; NaN if there were none."""
        bounds = sorted(self.buckets)
        total = self.buckets[bounds[-1]] if bounds else 0.0
        if total <= 0:
            return nan
        low, below = 0.0, 0.0
        for bound in bounds:
            count = self.buckets[bound]
            if count >= part * total:
                if bound == inf:  # longer than the last bound, nobody knows by how much
                    return low
                return low + (bound - low) * (
                    (part * total - below) / (count - below) if count > below else 1.0
                )
            low, below = bound, count
        return low


@dataclass(slots=True)
class Reading:
    """What a target said at one time."""

    counts: dict[Key, Count]
    gauges: dict[
        str, float
    ]  # by name: of those that count seconds the greatest, of others the sum over all labels


@dataclass(slots=True)
class Interval:
    """What happened between two readings."""

    seconds: float
    counts: dict[Key, Count]
    gauges: Mapping[str, float]

    def of(self, kinds: Collection[str]) -> Count:
        """All spans of these kinds; "hub " means every kind that begins so."""
        total = Count()
        for (kind, _), count in self.counts.items():
            if _is_among(kind, kinds):
                total.add(count)
        return total

    def knows(self, kinds: Collection[str]) -> bool:
        """Whether any span of these kinds was ever counted."""
        return any(_is_among(kind, kinds) for kind, _ in self.counts)

    def rate(self, amount: float) -> float:
        """So many a second."""
        return amount / self.seconds if self.seconds > 0 else nan


def reading(samples: Iterable[Sample]) -> Reading:
    """What the lines of a target say."""
    counts: dict[Key, Count] = {}
    gauges: dict[str, float] = {}
    for sample in samples:
        if sample.name.startswith(DURATION) or sample.name in (ERRORS, CHANGES):
            key = (sample.labels.get("kind", ""), sample.labels.get("name", ""))
            if key in counts or len(counts) < MOST_NAMES:
                _count(counts.setdefault(key, Count()), sample)
        elif isfinite(sample.value) and (sample.name in gauges or len(gauges) < MOST_GAUGES):
            known = gauges.get(sample.name, 0.0)
            is_time = sample.name.endswith("_seconds")
            gauges[sample.name] = max(known, sample.value) if is_time else known + sample.value
    return Reading(counts, gauges)


def between(before: Reading, after: Reading, seconds: float) -> Interval:
    """What happened from one reading to the next."""
    counts = {key: count.since(before.counts.get(key)) for key, count in after.counts.items()}
    return Interval(seconds, counts, after.gauges)


def _is_among(kind: str, kinds: Collection[str]) -> bool:
    return any(kind == one or (one.endswith(" ") and kind.startswith(one)) for one in kinds)


def _count(count: Count, sample: Sample) -> None:
    if not isfinite(sample.value):
        return
    if sample.name == ERRORS:
        count.errors += sample.value
    elif sample.name == CHANGES:
        count.changes += sample.value
    elif sample.name == f"{DURATION}_count":
        count.count += sample.value
    elif sample.name == f"{DURATION}_sum":
        count.seconds += sample.value
    elif sample.name == f"{DURATION}_bucket":
        bound = _bound(sample.labels.get("le", ""))
        if bound is not None and len(count.buckets) < 100:
            count.buckets[bound] = count.buckets.get(bound, 0.0) + sample.value


def _bound(text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        return None
    return bound if bound == bound else None
