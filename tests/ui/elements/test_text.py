"""`ui.text`: words as they are, and a state that is shown without drawing again."""

from __future__ import annotations

from hipflask import Hipflask, ui
from hipflask.testing import User


def test_a_state_given_whole_is_followed_without_drawing_the_window_again(app: Hipflask) -> None:
    """Only the text changes; the window function has been called once."""
    drawn = []

    @app.window("/")
    def window() -> None:
        drawn.append(1)
        count = ui.state(0)
        ui.text(count, tone="quiet")
        ui.button("Add", on_click=lambda: count.update(lambda n: n + 1))

    with User(app).open("/") as user:
        user.see("0")
        user.click("Add")
        user.click("Add")
        user.see("2")
    assert len(drawn) == 1


def test_a_followed_state_survives_a_drawing_for_another_reason(app: Hipflask) -> None:
    """The text that a new drawing makes follows on."""

    @app.window("/")
    def window() -> None:
        count, other = ui.state(0), ui.state("a")
        ui.text(count)
        ui.text(f"other {other.value}")
        ui.button("Both", on_click=lambda: (count.set(count.get() + 1), other.set(other.get() + "a")))
        ui.button("Count", on_click=lambda: count.set(count.get() + 1))

    with User(app).open("/") as user:
        user.click("Both")
        user.see("other aa")
        user.see("1")
        user.click("Count")
        user.see("2")
