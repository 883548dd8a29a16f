"""Numbers drawn: lines, areas, bars, dots, candles, heat maps and histograms, of data that stands still or keeps coming."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Unpack

from ...core.errors import UsageError
from ..charts.plot import Plot
from ..charts.showing import Kind as ChartKind
from ..charts.showing import Spec
from ..charts.sources import feed_of
from ..drawing import current, place_of
from ..element import Args, Common, choice, element, listen, number
from ..tree import Kind, Node

PLOT = Kind("chart", "hf-plot", role="figure", label="label")

_CANDLE = ("open", "high", "low", "close")
_ONLY = {
    "stacked": ("area", "bar"),
    "step": ("line", "area"),
    "every": ("candlestick",),
    "value": ("heatmap",),
    "link": ("line", "area", "bar", "scatter", "candlestick"),
}


def chart(
    source: Any,
    *,
    kind: ChartKind = "line",
    x: str | None = None,
    y: str | Sequence[str] | Mapping[str, str] | None = None,
    value: str | None = None,
    label: str | None = None,
    window: float | timedelta | None = None,
    every: float | timedelta | None = None,
    bins: int = 30,
    stacked: bool = False,
    step: bool = False,
    log: bool = False,
    low: float | None = None,
    high: float | None = None,
    colors: Mapping[str, str] | Sequence[str] = (),
    unit: str = "",
    format: str = "",
    digits: int | None = None,
    legend: bool = True,
    link: str | None = None,
    on_zoom: Callable[..., object] | None = None,
    args: Args = (),
    height: str = "20rem",
    **common: Unpack[Common],
) -> Node:
    """Draw a chart of a `ui.Series`, a query or model, a list of rows, a dict of columns, or a data frame.

    `kind` is "line", "area", "bar", "scatter", "candlestick", "heatmap" or "histogram". `x` and `y` name the columns; a dict for `y` gives what
    each is called. Candles take `y=("open", "high", "low", "close")`, or one price and `every` so many seconds; a histogram counts the values of `x`;
    a heat map colours the fields of `x` and `y` by the mean of `value`, or by how many there are. `window` shows the last so many seconds and
    slides. `stacked` (areas, bars), `step` (lines, areas), `log`, `low` and `high` are about the axis of y; `colors` are tones ("success") or CSS
    colours, by name or in order. `unit`, `digits` and `format` ("percent", "compact", "bytes", "signed", "currency:EUR") say how values are
    written. Charts of the same `link` share their cursor and what they look at, in all windows of the program. `on_zoom` is told
    the stretch of x that a person looks at, None for all of it. `height` is a CSS length.

    >>> ui.chart({"x": [1, 2, 3], "who": [3, 1, 2]}, x="x", y="who", label="Runs")
    >>> prices = ui.Series("time", "price")
    >>> ui.chart(prices, window=60)
    """
    drawing = current("ui.chart")
    choice("chart", "kind", kind, ChartKind)
    _check_only(kind, stacked=stacked, step=step, every=every, value=value, link=link)
    names = _names(y)
    across, shown = _columns(kind, x, names, value, every)
    owner = drawing.part.owner
    feed = feed_of(
        source, across, shown, named_rows=kind == "heatmap", find_rows=owner.find_rows, workers=owner.workers
    )
    _check_columns(kind, feed.names, every)
    titles = {**{name: _title(name) for name in feed.names}, **(y if isinstance(y, Mapping) else {})}
    said = label if label is not None else _label(kind, titles, feed.axes.x)
    node = element(
        PLOT,
        {
            "kind": kind,
            "label": said,
            "titled": label is not None,
            "across": _title(feed.axes.x),
            "series": [{"name": titles[name], "color": _color(colors, name, nth)} for nth, name in enumerate(feed.names)],
            "window": _seconds("window", window),
            "options": {
                "stacked": stacked, "step": step, "log": log, "low": low, "high": high,
                "unit": unit, "format": format, "digits": digits, "legend": legend,
            },
            "link": link,
            "on": {"view": "view", "point": "pointed"},
        },
        {**common, "style": {"height": height, **common.get("style", {})}},
        {"role": "figure", "aria-label": said},
    )  # fmt: skip
    if on_zoom is not None:
        node.decode = _range
        listen(node, "zoom", on_zoom, args, sends="range")
    spec = Spec(kind, _seconds("window", window), _seconds("every", every), _positive("bins", bins), stacked)
    plot = drawing.stream(place_of(sys._getframe(1)), Plot)
    plot.draw(node, feed, spec, link)
    return node


def _columns(
    kind: str, x: str | None, names: Sequence[str], value: str | None, every: object
) -> tuple[str | None, Sequence[str]]:
    """What stands across, and which columns are read."""
    if kind == "histogram":
        if names:
            raise UsageError('ui.chart: a histogram counts the values of x. Write x="price", without y=.')
        return None, () if x is None else (x,)
    if kind == "heatmap":
        if x is None or len(names) != 1:
            raise UsageError(
                'ui.chart: a heat map needs x= and one y=. Write x="hour", y="day", value="sales".'
            )
        return x, (*names, *(() if value is None else (value,)))
    return x, names or (_CANDLE if kind == "candlestick" and every is None else ())


def _check_columns(kind: str, names: Sequence[str], every: object) -> None:
    if not names:
        return  # nothing is there yet that could have columns
    if kind == "candlestick" and len(names) != (4 if every is None else 1):
        raise UsageError(
            'ui.chart: candles take y=("open", "high", "low", "close"), or one price and every=60 (seconds a candle), '
            f"got {', '.join(names)}."
        )
    if kind == "histogram" and len(names) > 1:
        raise UsageError(f'ui.chart: a histogram counts the values of one column. Write x="{names[0]}".')


def _check_only(kind: str, **given: object) -> None:
    for name, value in given.items():
        if value and kind not in _ONLY[name]:
            raise UsageError(f"ui.chart: {name}= is for {', '.join(_ONLY[name])} charts, got kind={kind!r}.")


def _names(y: str | Sequence[str] | Mapping[str, str] | None) -> Sequence[str]:
    if y is None:
        return ()
    names = (y,) if isinstance(y, str) else tuple(y)
    if not all(isinstance(name, str) for name in names):
        raise UsageError(f"ui.chart: y takes the names of columns, got {y!r}. Write y=['price', 'size'].")
    return names


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _label(kind: str, titles: Mapping[str, str], x: str) -> str:
    shown = "Candles" if kind == "candlestick" else ", ".join(titles.values()) or "Chart"
    return f"{shown} over {_title(x).lower()}" if x else shown


def _color(colors: Mapping[str, str] | Sequence[str], name: str, nth: int) -> str | None:
    found = colors.get(name) if isinstance(colors, Mapping) else colors[nth] if nth < len(colors) else None
    if (found is not None and not isinstance(found, str)) or isinstance(colors, str):
        raise UsageError(
            f"ui.chart: colors takes tones or CSS colours, such as ['success', '#a40'], got {colors!r}."
        )
    return found


def _seconds(name: str, value: float | timedelta | None) -> float | None:
    if value is None:
        return None
    return float(_positive(name, value.total_seconds() if isinstance(value, timedelta) else value))


def _positive(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise UsageError(f"ui.chart: {name} takes a number greater than 0, got {value!r}.")
    return value


def _range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = map(number, value)
    return low, high
