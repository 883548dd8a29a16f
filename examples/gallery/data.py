"""Figures, and what is made of them."""

from typing import Literal

from hipflask import ui

from .samples import sample

MONTHS = ["April", "May", "June", "July", "August"]
RUNS = {"Who": [4, 9, 7, 12, 15], "What": [2, 5, 11, 8, 13]}


@sample("Data")
def table():
    ui.table(
        [
            {"player": "Who", "base": "first", "average": 0.301},
            {"player": "What", "base": "second", "average": 0.277},
            {"player": "I Don't Know", "base": "third", "average": 0.254},
        ],
        row_key="player",
    )


@sample("Data")
def chart(kind: Literal["line", "area", "bar", "scatter"] = "line"):
    days = list(range(60))
    runs = {"day": days, "Who": [day % 7 + day / 6 for day in days], "What": [day % 5 + 4 for day in days]}
    ui.chart(runs, kind=kind, x="day", y=["Who", "What"], label="Runs", height="16rem")


@sample("Data")
def line_chart(height: str = "14rem"):
    ui.line_chart("Runs", RUNS, MONTHS, height=height)


@sample("Data")
def bar_chart(height: str = "14rem"):
    ui.bar_chart("Runs", RUNS, MONTHS, height=height)


@sample("Data")
def pie_chart(height: str = "12rem"):
    ui.pie_chart("At bat", {"Hits": 3, "Walks": 2, "Outs": 5}, height=height)


@sample("Data")
def json(depth: int = 2):
    ui.json(
        {
            "first": "Who",
            "second": "What",
            "scores": {"home": [1, 0, 2], "away": [0, 0, 1]},
        },
        depth=depth,
    )
