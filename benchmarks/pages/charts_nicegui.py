"""The last POINTS points of a line that goes on by RATE a second, told to the page TIMES times a second."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import os
import random
import sys
import time

from nicegui import ui

POINTS, RATE, TIMES = (int(os.environ[name]) for name in ("POINTS", "RATE", "TIMES"))


def points(end: float, count: int, value: float = 100.0) -> list[list[float]]:
    return [
        [round(end - (count - n) / RATE, 4), value := value + random.gauss(0, 0.01)] for n in range(count)
    ]


@ui.page("/")
def page() -> None:
    series = {"type": "line", "showSymbol": False, "sampling": "lttb", "data": points(time.time(), POINTS)}
    axes = {"xAxis": {"type": "value", "scale": True}, "yAxis": {"type": "value", "scale": True}}
    chart = ui.echart({**axes, "animation": False, "series": [series]}).style("height: 20rem")

    def more() -> None:
        old = chart.options["series"][0]["data"]
        new = points(time.time(), RATE // TIMES, old[-1][1])
        chart.options["series"][0]["data"] = (old + new)[-POINTS:]
        chart.update()

    ui.timer(1 / TIMES, more)


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
