"""Every kind of chart is painted, whatever the numbers are: without an error, and with what it should say."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, nan, sin
from typing import Any

import pytest

from hipflask import ui

from .test_plot_live import INK, Open, look, of, wait

__all__ = ["look"]  # a fixture

XS = list(range(60))
WAVES = {"x": XS, "a": [3 + sin(x / 6) for x in XS], "b": [2 + sin(x / 9) for x in XS]}
MONTHS = {"month": ["May", "June", "July"], "won": [3, 5, -2], "lost": [1, None, 4]}
CANDLES = {
    "day": [date(2026, 7, 1) + timedelta(days=n) for n in range(40)],
    "open": [100 + sin(n) for n in range(40)], "high": [102 + sin(n) for n in range(40)],
    "low": [98 + sin(n) for n in range(40)], "close": [100 + sin(n + 1) for n in range(40)],
}  # fmt: skip
WEEK = {
    "hour": [h for h in range(24) for _ in "ab"],
    "day": ["Mo", "Tu"] * 24,
    "sales": [float(h) for h in range(48)],
}


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (WAVES, {}, "Line chart from 0 to 59. A: lowest 2.00105, highest 3.99979, last"),
        (WAVES, {"step": True}, "Line chart"),
        (WAVES, {"kind": "area"}, "Area chart"),
        (WAVES, {"kind": "area", "stacked": True, "step": True}, "Area chart"),
        (WAVES, {"kind": "scatter"}, "Scatter chart"),
        (WAVES, {"log": True}, "Line chart"),
        (MONTHS, {"kind": "bar"}, "Bar chart from May to July. Won: lowest -2, highest 5, last -2, falling."),
        (MONTHS, {"kind": "bar", "stacked": True, "colors": ["success", "#a40"]}, "Bar chart"),
        (CANDLES, {"kind": "candlestick", "x": "day"}, "Candlestick chart from Jul 1, 00:00"),
        (WAVES, {"kind": "histogram", "x": "a", "bins": 8}, "Histogram from 2 to"),
        (WEEK, {"kind": "heatmap", "x": "hour", "y": "day", "value": "sales"}, "Heat map from 0 to 23. Sales: lowest 0, highest 47"),
    ],
    ids=lambda value: value.get("kind", "line") if isinstance(value, dict) and "x" not in value else None,
)  # fmt: skip
def test_every_kind_is_painted(look: Open, data: Any, options: dict[str, Any], words: str) -> None:
    """A good deal of the canvas, and all of it in words."""
    page = look(lambda: ui.chart(data, label="Chart", **options))
    wait(page, f"({INK}) > 2000")
    wait(page, "c.saying.summary !== ''")
    assert of(page, "c.saying.summary").startswith(words)
    assert of(page, "c.saying.rows.length") > 2


@pytest.mark.parametrize(
    ("data", "ink"),
    [
        ({"x": [1e300, 2e300], "y": [-1e308, 1e308]}, 500),
        ({"x": [1, 2], "y": [1e-300, 5e-300]}, 500),
        ({"x": [1e15, 1e15 + 1], "y": [1, 2]}, 500),
        ({"x": [7], "y": [3]}, 500),
        ({"x": [1, 1, 1], "y": [1, 2, 3]}, 500),
        ({"x": [1, 2, 3], "y": [None, nan, inf]}, 100),
        ({"x": [-5, nan, 5], "y": [0, 1, 0]}, 500),
    ],
    ids=["huge", "tiny", "far from zero", "one point", "one x", "gaps alone", "no x"],
)
def test_numbers_of_all_sizes(look: Open, data: Any, ink: int) -> None:
    """Axes with words at them, and no error."""
    page = look(lambda: ui.chart(data))
    wait(page, f"({INK}) > {ink}")
    wait(page, "c.saying.summary.startsWith('Line chart')")
    assert "NaN" not in of(page, "c.saying.summary")
    assert "Infinity" not in of(page, "c.saying.summary")
