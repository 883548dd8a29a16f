"""matplotlib's figures as pictures: SVG, which is sharp at any size, or a PNG where an SVG would weigh too much.

Drawn one at a time: matplotlib keeps fonts and settings for all threads together, and none of it is locked.
"""

from __future__ import annotations

import io
import sys
from base64 import b64encode
from collections.abc import Iterable
from threading import Lock
from typing import Any

_MOST_POINTS = 20_000  # each is some 50 bytes of SVG, and an element that the browser draws
_PIXELS_PER_POINT = 2  # of the screen's pixels for one of CSS's, so that a PNG is sharp on a fine screen
_POINTS_PER_INCH = 96  # of CSS

_drawing = Lock()


def picture(figure: Any) -> tuple[str, int, int]:
    """A figure as a data URL, and its width and height in CSS pixels."""
    with _drawing:
        width, height = (round(inches * _POINTS_PER_INCH) for inches in figure.get_size_inches())
        url = _png(figure) if weight(figure) > _MOST_POINTS else _svg(figure)
        _forget(figure)
    return url, width, height


def weight(figure: Any) -> int:
    """About how many points, shapes or fields a figure has."""
    return sum(_points(artist) for artist in figure.findobj(include_self=False))


def _points(artist: Any) -> int:
    if hasattr(artist, "get_xdata"):  # a line
        return len(artist.get_xdata())
    if hasattr(artist, "get_offsets"):  # a scatter, a mesh: one shape at many places, or many shapes
        array = artist.get_array()
        return max(len(artist.get_offsets()), len(artist.get_paths()), 0 if array is None else array.size)
    return 0


def _svg(figure: Any) -> str:
    import matplotlib

    # Without it every drawing of one figure is another text, and would be sent again.
    if matplotlib.rcParams["svg.hashsalt"] is None:
        matplotlib.rcParams["svg.hashsalt"] = "hipflask"
    return _saved(figure, "svg", "svg+xml", metadata={"Date": None})


def _png(figure: Any) -> str:
    return _saved(figure, "png", "png", dpi=_POINTS_PER_INCH * _PIXELS_PER_POINT)


def _saved(figure: Any, form: str, kind: str, **how: Any) -> str:
    file = io.BytesIO()
    figure.savefig(file, format=form, **how)
    return f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}"


def _forget(figure: Any) -> None:
    """Have pyplot let go of a figure that it made: it keeps each until it is closed, and a window draws many."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)


def title(figure: Any) -> str:
    """What stands above a figure, or above what is in it."""
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return ", ".join(text for text in titles if text)


def figure_of(what: Any) -> Any:
    """The figure that this is, or belongs to: Axes, an array of them (as pandas makes), a grid of seaborn's. None if it is nothing of matplotlib's."""
    if type(what).__module__ == "numpy":
        what = next(iter(what.flat), None)
    if isinstance(what, Iterable) and not hasattr(what, "figure"):
        return None
    for _ in range(3):  # of an axis in a figure in a figure
        if hasattr(what, "savefig") and hasattr(what, "get_size_inches"):
            return what
        what = getattr(what, "figure", None)
    return None
