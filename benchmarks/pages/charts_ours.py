"""A line of POINTS points that goes on by RATE a second, in as many windows as are opened."""

from __future__ import annotations

import os
import random
import threading
import time

from hipflask import Hipflask, ui

POINTS, RATE = int(os.environ["POINTS"]), int(os.environ["RATE"])
app = Hipflask(__name__)
prices = ui.Series("time", "price", most=POINTS)


def walk(value: float) -> float:
    return value + random.gauss(0, 0.01)


def fill() -> float:
    """As many as there are to be seen, up to now."""
    now, value, values = time.time(), 100.0, []
    for _ in range(POINTS):
        values.append(value := walk(value))
    prices.extend([now - (POINTS - n) / RATE for n in range(POINTS)], values)
    return value


def feed(value: float) -> None:
    sent = time.time()
    while True:
        time.sleep(0.005)
        for _ in range(int((time.time() - sent) * RATE)):
            sent += 1 / RATE
            prices.append(sent, value := walk(value))


threading.Thread(target=feed, args=(fill(),), daemon=True).start()


@app.window("/")
def chart() -> None:
    ui.chart(prices, label="Price", height="20rem")
