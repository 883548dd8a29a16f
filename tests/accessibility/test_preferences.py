"""What somebody has asked the system for: less motion, and colours of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import Screen

Draw = Callable[[], object]
Picture = Callable[..., bytes]

# All animations, in all shadow roots, that go on for longer than a blink and move something.
_MOVING = """() => {
  const found = [];
  const look = (root) => {
    for (const each of root.getAnimations()) {
      const { duration } = each.effect.getComputedTiming();
      if (each.playState === 'running' && duration > 1) found.push(`${root.host?.localName ?? 'page'} ${each.animationName ?? ''} ${duration}`);
    }
    for (const el of root.querySelectorAll('*')) if (el.shadowRoot) look(el.shadowRoot);
  };
  look(document);
  return found;
}"""


def everything_that_moves() -> None:
    ui.skeleton()
    ui.progress(None)
    with ui.details("Why?"):
        ui.text("Because")
    with ui.menu("Game"):
        ui.menu_item("New")


@pytest.fixture
def picture(app: Hipflask) -> Iterator[Picture]:
    """Takes the picture of a window in which the system's own colours are forced."""
    screens: list[Screen] = []

    @app.window("/<int:nth>")
    def window(nth: int) -> None:
        drawn[nth]()

    drawn: list[Draw] = []

    def take(draw: Draw) -> bytes:
        if not screens:
            screen = Screen(app, width=500, height=300)
            screen._look["forced_colors"] = "active"
            screens.append(screen)
        drawn.append(draw)
        screens[0].open(f"/{len(drawn) - 1}")
        return screens[0].on_page(lambda page: page.screenshot())

    yield take
    for screen in screens:
        screen.close()


def test_nothing_moves_for_who_wants_less_motion(app: Hipflask) -> None:
    app.window("/")(everything_that_moves)
    with Screen(app).open("/") as screen:
        screen.click("Why?")
        screen.click("Game")
        assert screen.on_page(lambda page: page.evaluate(_MOVING)) == []
    moving = Screen(app)
    moving._look["reduced_motion"] = "no-preference"
    with moving.open("/") as screen:  # the check is not blind
        assert screen.on_page(lambda page: page.evaluate(_MOVING)) != []


def tabs(active: str) -> None:
    with ui.tabs(value=active):
        for name in ("A", "B"):
            with ui.tab(name):
                ui.text("Same words")


STATES: dict[str, tuple[Draw, Draw]] = {
    "checkbox": (lambda: ui.checkbox("X"), lambda: ui.checkbox("X", value=True)),
    "switch": (lambda: ui.switch("X"), lambda: ui.switch("X", value=True)),
    "radio": (lambda: ui.radio("X", ["a", "b"], value="a"), lambda: ui.radio("X", ["a", "b"], value="b")),
    "slider": (lambda: ui.slider("X", value=20), lambda: ui.slider("X", value=80)),
    "range": (lambda: ui.range("X", value=(10, 20)), lambda: ui.range("X", value=(60, 80))),
    "rating": (lambda: ui.rating("X", value=1), lambda: ui.rating("X", value=4)),
    "progress": (lambda: ui.progress(0.2), lambda: ui.progress(0.8)),
    "tabs": (lambda: tabs("A"), lambda: tabs("B")),
    "stepper": (lambda: ui.stepper(["a", "b", "c"], at=0), lambda: ui.stepper(["a", "b", "c"], at=1)),
    "pagination": (lambda: ui.pagination(4, bind=ui.state(2)), lambda: ui.pagination(4, bind=ui.state(3))),
    "disabled": (lambda: ui.button("X"), lambda: ui.button("X", disabled=True)),
    "wrong": (lambda: ui.input("X"), lambda: ui.input("X", error="No.")),
    "bars": (
        lambda: ui.bar_chart("X", [1, 5], height="9rem"),
        lambda: ui.bar_chart("X", [5, 1], height="9rem"),
    ),
    "button": (lambda: ui.text("X"), lambda: ui.button("X")),
    "split": (lambda: split(20), lambda: split(70)),
}


def split(value: float) -> None:
    with ui.split_panel(value=value):
        for _ in range(2):
            with ui.pane():
                ui.text(" ")


@pytest.mark.parametrize("what", STATES)
def test_states_can_be_told_apart_in_forced_colours(picture: Picture, what: str) -> None:
    one, other = STATES[what]
    assert picture(one) != picture(other)


def test_where_the_focus_is_can_be_seen_in_forced_colours(app: Hipflask) -> None:
    from accessibility.test_keyboard import focus_is_visible

    @app.window("/")
    def window() -> None:
        ui.button("A")
        ui.input("B")
        ui.checkbox("C")
        ui.slider("D")
        ui.combobox("E", ["x"])
        ui.rating("F")
        ui.link("G", "/")
        ui.upload("H", on_upload=print)

    screen = Screen(app)
    screen._look["forced_colors"] = "active"
    with screen.open("/"):
        for _ in range(8):
            screen.press("Tab")
            assert screen.on_page(focus_is_visible), screen.focused()
