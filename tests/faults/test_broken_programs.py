"""A template, a theme or a component with an error: a page or a bar that says so, and a window that goes on when it is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from playwright.sync_api import Page, expect

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from served import Served

Show = Callable[[Callable[[], None]], Page]


def test_a_template_with_an_error_is_flasks_own_page_and_the_windows_go_on(
    app: Hipflask, serve: Callable[..., Served], page: Page, tmp_path: Path
) -> None:
    app.template_folder = str(tmp_path)
    (tmp_path / "broken.html").write_text("{% if %}")

    @app.route("/broken")
    def broken() -> str:
        return flask.render_template("broken.html")

    @app.window("/")
    def window() -> None:
        ui.text("Who is on first.")

    server = serve()
    page.goto(server.address)
    page.goto(f"http://{server.host}/broken")
    expect(page.get_by_role("heading")).to_have_text("Internal Server Error")
    page.goto(f"http://{server.host}/")
    expect(page.get_by_text("Who is on first.")).to_be_visible()
    (tmp_path / "broken.html").write_text("<p>mended")
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    page.goto(f"http://{server.host}/broken")
    expect(page.get_by_text("mended")).to_be_visible()


THEMES = {
    "primary='#12'": {"primary": "#12"},
    "primary='red; background: url(x)'": {"primary": "red; background: url(x)"},
    "radius=-1": {"radius": -1},
    "density='tight'": {"density": "tight"},
    "scheme='drak'": {"scheme": "drak"},
    "font=12": {"font": 12},
}


@pytest.mark.parametrize("said", THEMES)
def test_a_theme_that_cannot_be_is_refused_where_it_is_written(said: str) -> None:
    with pytest.raises(UsageError, match=r"ui\.Theme: .* takes .*, got .*\.") as refusal:
        ui.Theme(**THEMES[said])  # type: ignore[arg-type]
    assert said.partition("=")[2] in str(refusal.value)


@pytest.mark.parametrize(
    "primary",
    [
        "red",
        "#1f6f54",
        "#abc",
        "#12345678",
        "rgb(10 20 30 / 50%)",
        "oklch(0.7 0.1 200)",
        "color-mix(in srgb, red, blue)",
    ],
)
def test_every_way_to_write_a_colour_is_taken(primary: str) -> None:
    assert ui.Theme(primary=primary).variables() == {"--hf-primary": primary}


def test_a_component_that_fails_leaves_what_was_there_and_the_rest_goes_on(show: Show) -> None:
    number, clicks = ui.State(1), ui.State(0)

    @ui.component
    def share() -> None:
        ui.text(f"a share of {12 / number.value:g}")

    @ui.component
    def counter() -> None:
        ui.text(f"{clicks.value} clicks")
        ui.button("More", on_click=lambda: clicks.update(lambda n: n + 1))

    def window() -> None:
        share()
        counter()

    page = show(window)
    expect(page.get_by_text("a share of 12")).to_be_visible()
    number.set(0)
    bar = page.get_by_role("alert")
    expect(bar).to_contain_text("ZeroDivisionError")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_text("1 clicks")).to_be_visible()
    expect(page.get_by_text("a share of 12")).to_be_visible()
    number.set(4)
    expect(page.get_by_text("a share of 3")).to_be_visible()
    expect(bar).to_have_count(0)
