"""`User` and what is outside of the window: dialogs, the clipboard, other windows, closing, keys, going elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import NotSeen, User


def test_file_dialogs_are_answered_as_was_said(app: Hipflask, user: User, tmp_path: Path) -> None:
    chosen: list[object] = []

    @app.window("/")
    def window() -> None:
        ui.button("Open", on_click=lambda: chosen.append(ui.open_file()))
        ui.button("Many", on_click=lambda: chosen.append(ui.open_files()))

    user.open()
    user.will_choose(tmp_path / "a.csv")
    user.will_choose()
    user.will_choose("b.csv", "c.csv")
    for button in ("Open", "Open", "Many"):
        user.click(button)
    assert chosen == [tmp_path / "a.csv", None, [Path("b.csv"), Path("c.csv")]]
    user.click("Open")
    assert "Call user.will_choose(path) before" in user.errors()[0]


def test_the_clipboard_other_windows_and_notes(app: Hipflask, user: User) -> None:
    pasted: list[str] = []

    @app.window("/")
    def window() -> None:
        ui.button("Copy", on_click=ui.copy, args=("Who",))
        ui.button("Paste", on_click=lambda: pasted.append(ui.paste()))
        ui.button("Chart", on_click=ui.open_window, args=(chart,))
        ui.button("Tell", on_click=lambda: ui.notify("Done.", system=True))

    @app.window("/chart")
    def chart() -> None: ...

    user.open()
    for button in ("Copy", "Paste", "Chart", "Tell"):
        user.click(button)
    assert pasted == [user.machine.clipboard] == ["Who"]
    assert user.machine.opened == ["/chart"]
    assert user.machine.announced == ["Done."]


def test_two_users_have_a_computer_each(app: Hipflask) -> None:
    @app.window("/")
    def window() -> None:
        ui.button("Copy", on_click=ui.copy, args=("Who",))

    with User(app).open() as one, User(app).open() as other:
        one.click("Copy")
        assert (one.machine.clipboard, other.machine.clipboard) == ("Who", "")


def test_files_are_dropped(app: Hipflask, user: User) -> None:
    dropped: list[list[Path]] = []

    @app.window("/")
    def window() -> None:
        ui.drop_area("Tables", on_drop=dropped.append)

    user.open()
    user.drop("Tables", "/data/a.csv", "/data/b")
    assert dropped == [[Path("/data/a.csv"), Path("/data/b")]]


def test_a_window_is_asked_before_it_closes(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        is_saved = ui.state(False)
        ui.on_close(lambda: is_saved.value)
        ui.button("Save", on_click=is_saved.set, args=(True,))

    user.open()
    assert not user.ask_to_close()
    user.click("Save")
    assert user.ask_to_close()


def test_a_window_closes_itself_without_asking(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.on_close(lambda: False)
        ui.button("Discard", on_click=ui.close_window)

    user.open()
    user.click("Discard")
    assert user.machine.is_closed


def test_keys_are_pressed(app: Hipflask, user: User) -> None:
    pressed: list[str] = []

    @app.window("/")
    def window() -> None:
        ui.shortcut("Ctrl+K", pressed.append, args=("k",))
        with ui.menu_bar(), ui.menu("File"):
            ui.menu_item("Save", on_click=pressed.append, args=("save",), shortcut="Ctrl+S")

    user.open()
    user.press("ctrl+k")
    user.press("Ctrl+S")
    assert pressed == ["k", "save"]
    with pytest.raises(NotSeen, match="listens to Ctrl\\+X"):
        user.press("Ctrl+X")


def test_a_handler_sends_the_window_elsewhere(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.button("Go", on_click=lambda: ui.navigate(player, args={"name": "Lou"}))
        ui.link("Ada", player, args=("Ada",))

    @app.window("/player/<name>")
    def player(name: str) -> None:
        ui.heading(name)
        ui.link("Back", window)

    user.open()
    user.click("Go")
    user.see("Lou")
    user.click("Back")
    user.click("Ada")
    user.see("Ada")
