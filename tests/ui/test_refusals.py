"""What was typed and turned down stays to be mended, until the field gets a value that is news."""

from __future__ import annotations

from hipflask import Hipflask, ui
from hipflask.testing import User


class Picky:
    """A field that takes short names only."""

    def __init__(self) -> None:
        self.name = ui.State("W")

    def get(self) -> object:
        return self.name.value

    def set(self, value: object) -> None:
        if len(str(value)) > 3:
            raise ValueError("At most three letters.")
        self.name.set(str(value))


def test_a_drawing_that_brings_no_news_leaves_what_was_typed(app: Hipflask, user: User) -> None:
    picky = Picky()

    @app.window("/")
    def form() -> None:
        noise = ui.state(0)
        ui.text(f"noise {noise.value}")
        ui.input("Name", bind=picky)
        ui.button("Noise", on_click=lambda: noise.set(1))

    user.open("/")
    user.type("Name", "What")
    user.see("At most three letters.")
    assert user.find("Name").shown.props["value"] == "What"
    user.click("Noise")
    user.see("noise 1")
    assert user.find("Name").shown.props["value"] == "What"
    user.see("At most three letters.")
    picky.name.set("I")
    user.see_not("At most three letters.")
    assert user.find("Name").shown.props["value"] == "I"
