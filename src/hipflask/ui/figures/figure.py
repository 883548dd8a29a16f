"""A figure of another library, as it is."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Unpack

from ...core.errors import MissingPart, UsageError
from ..element import Common, element
from ..tree import Kind, Node
from . import viewers
from .pictures import figure_of, picture, title

PICTURE = Kind("figure", "img", role="img", label="alt")
FIGURE = Kind("figure", "hf-figure", role="figure", label="label")

_PLOTLY_HEIGHT = 450  # pixels, where a figure does not say: Plotly's own


def figure(
    what: Any, *, height: str | None = None, label: str | None = None, **common: Unpack[Common]
) -> Node:
    """Show a matplotlib Figure or Axes, a Plotly figure or an Altair chart.

    matplotlib's become pictures; those of Plotly and Altair stay as interactive as they are, and load nothing from elsewhere. `label`
    says in words what it shows, for people who cannot see it; its title does, where there is none. `height` is a CSS length;
    without one a figure is as high as it says itself.

    >>> ui.figure(plotly.graph_objects.Figure(plotly.graph_objects.Bar(y=[3, 1, 2])), label="Runs by inning")
    """
    library = type(what).__module__.partition(".")[0]
    if library == "plotly" and hasattr(what, "to_json"):
        return _plotly(what, height, label, common)
    if library == "altair" and hasattr(what, "to_json"):
        return _altair(what, height, label, common)
    drawn = figure_of(what)
    if drawn is None:
        raise UsageError(
            f"ui.figure takes a matplotlib Figure or Axes, a Plotly figure or an Altair chart, got {what!r}. "
            "For numbers of your own there is ui.chart."
        )
    return _picture(drawn, height, label, common)


def _picture(figure: Any, height: str | None, label: str | None, common: Common) -> Node:
    url, width, natural = picture(figure)
    style = {
        "max-width": "100%",
        "height": height or "auto",
        "object-fit": "contain",
        "object-position": "left",
    }
    props = {"src": url, "alt": label or title(figure) or "Figure", "width": width, "height": natural}
    return element(PICTURE, props, {**common, "style": {**style, **common.get("style", {})}})


def _plotly(figure: Any, height: str | None, label: str | None, common: Common) -> Node:
    layout = figure.layout
    words = label or getattr(layout.title, "text", None) or "Figure"
    return _viewed(
        "plotly", figure.to_json(), height or f"{layout.height or _PLOTLY_HEIGHT}px", words, common
    )


def _altair(chart: Any, height: str | None, label: str | None, common: Common) -> Node:
    if find_spec("vl_convert") is None:
        raise MissingPart(
            "ui.figure shows Altair charts with the JavaScript in vl-convert, which is not installed: pip install vl-convert-python"
        )
    words = label or _words(chart.to_dict().get("title")) or "Figure"
    return _viewed("vega", chart.to_json(indent=None), height, words, common)


def _words(title: Any) -> str:
    """A title of Vega's: a text, lines of it, or either with how it looks."""
    if isinstance(title, dict):
        return _words(title.get("text"))
    return " ".join(map(str, title)) if isinstance(title, list) else str(title or "")


def _viewed(library: str, figure: str, height: str | None, label: str, common: Common) -> Node:
    style = {"height": height} if height else {}
    props = {"viewer": viewers.address(library), "figure": figure, "label": label}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    return element(FIGURE, props, options, {"role": "figure", "aria-label": label})
