"""Nothing jumps: not while the page loads, not when it is drawn again."""

from __future__ import annotations

from collections.abc import Callable

from accessibility.everything import Kept
from hipflask import Hipflask, ui
from hipflask.testing import Screen

# A page on which a tenth of all is moved by a tenth of its height has 0.01; above 0.1 is held to be annoying.
MOST = 0.02

# Every shift that was not caused by a press, with what has moved.
_WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts.push([each.value,
    each.sources.map(({ node, previousRect: a, currentRect: b }) => `${node?.localName ?? node?.nodeName ?? '?'} "${(node?.textContent ?? '').trim().slice(0, 20)}" ${a.top}->${b.top} x ${a.left}->${b.left} h ${a.height}->${b.height}`)]);
}).observe({ type: 'layout-shift', buffered: true });
"""


def shifts(screen: Screen) -> list[tuple[float, list[str]]]:
    """What has moved by itself so far, and how much that was."""
    screen.seen()
    return screen.on_page(lambda page: [tuple(each) for each in page.evaluate("window.shifts")])


def assert_still(screen: Screen) -> None:
    found = shifts(screen)
    assert sum(value for value, _ in found) < MOST, "\n".join(
        f"{value:.4f} {moved}" for value, moved in found
    )


def test_nothing_jumps_while_everything_loads(show: Callable[..., Screen]) -> None:
    """With the connection that a first visit has, and with what is loaded already."""
    screen = show()
    screen.on_page(lambda page: page.add_init_script(_WATCH))
    screen.on_page(lambda page: page.set_viewport_size({"width": 1200, "height": 4000}))  # all of it in sight
    for _ in range(2):
        screen.reload()
        assert_still(screen)
        screen.on_page(lambda page: page.context.new_cdp_session(page).send("Network.clearBrowserCache"))


def test_nothing_jumps_when_it_is_drawn_again(app: Hipflask, kept: Kept, show: Callable[..., Screen]) -> None:
    """Values change, and what is around them stays where it is."""
    from accessibility.everything import everything

    count = ui.State(0)

    @app.window("/again")
    def again() -> None:
        ui.text(f"Drawn {count.value} times")
        everything(kept)

    screen = show("/again")
    screen.on_page(lambda page: page.set_viewport_size({"width": 1200, "height": 4000}))
    screen.on_page(lambda page: page.evaluate(_WATCH))
    for _ in range(3):
        count.update(lambda n: n + 1)
        screen.see(f"Drawn {count.value} times")
    assert_still(screen)


def test_a_jump_would_be_noticed(app: Hipflask) -> None:
    wide = ui.State(False)

    @app.window("/")
    def window() -> None:
        if wide.value:
            ui.text("In front\n" * 9)
        for number in range(9):
            ui.text(f"Line {number}")

    with Screen(app).open("/") as screen:
        screen.on_page(lambda page: page.evaluate(_WATCH))
        wide.set(True)
        screen.see("In front")
        assert sum(value for value, _ in shifts(screen)) > MOST
