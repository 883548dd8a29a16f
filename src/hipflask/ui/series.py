"""What charts show: several named rows of numbers under common labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..core.errors import UsageError
from .element import Common, element
from .tree import Kind, Node

CHART = Kind("chart", "hf-chart", role="figure", label="label")

Values = Sequence[float | None]


def chart(
    what: str,
    title: str,
    series: Mapping[str, Values] | Values,
    labels: Iterable[object] | None,
    height: str,
    common: Common,
    **more: object,
) -> Node:
    """Draw a chart of these series; a plain sequence is a single one."""
    named = dict(series) if isinstance(series, Mapping) else {title: series}
    rows = [{"name": str(name), "values": _checked(what, name, values)} for name, values in named.items()]
    longest = max((len(values) for values in named.values()), default=0)
    names = [str(label) for label in labels] if labels is not None else [str(n + 1) for n in range(longest)]
    if any(len(values) != len(names) for values in named.values()):
        lengths = ", ".join(f"{name!r} has {len(values)}" for name, values in named.items())
        raise UsageError(
            f"ui.{what}: there are {len(names)} labels, and {lengths}. Give each series as many."
        )
    options: Common = {**common, "style": {"height": height, **common.get("style", {})}}
    props = {"kind": what.removesuffix("_chart"), "label": title, "labels": names, "series": rows, **more}
    return element(CHART, props, options, {"role": "figure", "aria-label": title})


def _checked(what: str, name: object, values: Values) -> list[float | None]:
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if value is not None and not is_number:
            raise UsageError(
                f"ui.{what}: {name!r} holds {value!r}, which is no number. Give numbers, and None for gaps."
            )
    return list(values)
