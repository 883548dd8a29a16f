"""matplotlib's figures as pictures."""

from __future__ import annotations

import threading
from base64 import b64decode
from types import SimpleNamespace
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User
from hipflask.ui.figures import pictures

from .libraries import library


@pytest.fixture
def figure() -> Any:
    """One with a line in it, made without pyplot."""
    made = library("matplotlib.figure").Figure(figsize=(4, 3))
    made.subplots().plot([1, 3, 2])
    return made


def content(url: str) -> bytes:
    """What a data URL holds."""
    return b64decode(url.partition(",")[2])


def test_a_figure_is_an_svg_of_its_own_size(figure: Any) -> None:
    """Letters are outlines, so that it looks the same everywhere; what it was made of is not named."""
    url, width, height = pictures.picture(figure)
    svg = content(url)
    assert url.startswith("data:image/svg+xml;base64,") and b"<svg" in svg
    assert (width, height) == (384, 288)
    assert b"<text" not in svg and b"<script" not in svg


def test_the_same_figure_is_the_same_picture(figure: Any) -> None:
    """To the letter: nothing is sent again because a window was drawn again."""
    assert pictures.picture(figure) == pictures.picture(figure)


def test_a_figure_of_many_points_is_a_png(figure: Any) -> None:
    """Which stays small, and has two pixels for one of CSS's."""
    figure.axes[0].scatter(range(30_000), range(30_000))
    assert pictures.weight(figure) > 30_000
    url, width, _ = pictures.picture(figure)
    png = content(url)
    assert png.startswith(b"\x89PNG") and len(png) < 200_000
    assert int.from_bytes(png[16:20], "big") == 2 * width


def test_meshes_and_pictures_in_a_figure_weigh_what_they_are() -> None:
    """A mesh is one shape for each of its fields; a picture inside is one, whatever its size."""
    axes = library("matplotlib.figure").Figure().subplots()
    axes.pcolormesh([[n * m for n in range(160)] for m in range(160)])
    assert pictures.weight(axes.figure) > 160 * 160
    axes = library("matplotlib.figure").Figure().subplots()
    axes.imshow([[n * m for n in range(160)] for m in range(160)])
    assert pictures.weight(axes.figure) < 1000


def test_whatever_belongs_to_a_figure_stands_for_it(figure: Any) -> None:
    """Axes, a figure in a figure, an array of axes, and the grids of libraries that build on matplotlib."""
    numpy = library("numpy")
    below = figure.subfigures(1, 2)[0]
    for what in (
        figure,
        figure.axes[0],
        below,
        below.subplots(),
        numpy.array([[figure.axes[0]]]),
        SimpleNamespace(figure=figure),
    ):
        assert pictures.figure_of(what) is figure
    for what in (None, 3, "x", [figure], {}, numpy.array([]), object(), SimpleNamespace(figure=None)):
        assert pictures.figure_of(what) is None


def test_figures_are_drawn_one_at_a_time() -> None:
    """Whichever threads ask: matplotlib's settings and fonts are shared by all of them."""
    library("matplotlib")
    inside, most = [0], [0]

    class Slow:
        """As much of a figure as is needed, that says how many are being drawn at once."""

        def get_size_inches(self) -> tuple[float, float]:
            return 4.0, 3.0

        def findobj(self, include_self: bool) -> list[Any]:
            return []

        def savefig(self, file: Any, **how: Any) -> None:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            threading.Event().wait(0.01)
            inside[0] -= 1

    threads = [threading.Thread(target=pictures.picture, args=(Slow(),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1


def test_pyplot_lets_go_of_what_has_been_shown() -> None:
    """It would keep every figure of every drawing for ever; one that is shown again is drawn all the same."""
    pyplot = library("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    figure, _ = pyplot.subplots()
    assert pictures.picture(figure) == pictures.picture(figure)
    assert pyplot.get_fignums() == []


def test_a_window_shows_a_figure_with_its_title_in_words(app: Hipflask, figure: Any) -> None:
    """That of the whole, and those of its parts; or the label that it is given."""
    axes = figure.axes[0]

    @app.window("/")
    def window() -> None:
        ui.figure(axes)
        ui.figure(figure, label="Runs by inning", height="10rem")

    figure.suptitle("The game")
    axes.set_title("Innings")
    with User(app).open("/") as user:
        user.see("The game, Innings")
        user.see("Runs by inning")
        assert user.find("Runs by inning", "img")


def test_what_is_no_figure_is_refused(app: Hipflask) -> None:
    """With the name of what is taken."""

    @app.window("/")
    def window() -> None:
        ui.figure([1, 2, 3])

    app.testing = True
    with pytest.raises(UsageError, match=r"a Plotly figure or an Altair chart, got \[1, 2, 3\]"):
        User(app).open("/")
