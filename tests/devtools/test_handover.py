"""Which states are found again after an edit, without processes: two versions of one module, one after the other."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hipflask import Hipflask
from hipflask.devtools.handover import Given, take
from hipflask.devtools.sources import Sources
from hipflask.surfaces.pages import BEFORE, host_of
from hipflask.testing import User

HEAD = """
from hipflask import Hipflask, ui
app = Hipflask(__name__)
"""


class Edited:
    """One program in two versions, and the states on their way from the first to the second."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.states = b""
        self.session = ""
        self.apps: list[Hipflask] = []

    def load(self, code: str) -> User:
        self.file.write_text(HEAD + code)
        module = ModuleType("edited_program")
        module.__file__ = str(self.file)
        sys.modules["edited_program"] = module
        exec(compile(HEAD + code, str(self.file), "exec"), vars(module))
        app: Hipflask = module.app  # type: ignore[attr-defined]
        self.apps.append(app)
        self.sources = Sources()
        self.sources.look()
        self.given = Given(self.states, self.sources)
        self.given.restore_shared()
        host_of(app).recall = self.given.recall
        user = User(app)
        user.client.environ_base[f"HTTP_{BEFORE.upper().replace('-', '_')}"] = self.session
        return user.open("/")

    def hand_over(self) -> None:
        host = host_of(self.apps[-1])
        [session] = host.sessions()
        self.session = session.id
        self.states = take(host, self.sources, self.given)


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Edited]:
    edited = Edited(tmp_path / "edited_program.py")
    yield edited
    for app in edited.apps:
        host_of(app).close()
    del sys.modules["edited_program"]


def press(count: str) -> str:
    return f'ui.button(f"{count} {{{count}.value}}", on_click={count}.update, args=(lambda n: n + 1,))'


def window(*lines: str) -> str:
    return "\n".join(["@app.window('/')", "def window():", *(f"    {line}" for line in lines)])


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        (["a = ui.state(0)", press("a")], ["ui.text('New')", "a = ui.state(0)", press("a")], "a 1"),
        (["a = ui.state(0)", press("a")], ["a = ui.state(5)", press("a")], "a 5"),
        (["a = ui.state(0)", press("a")], ["if True:", "    a = ui.state(0)", press("a")], "a 1"),
        (["a, b = ui.state(0), ui.state(0)", press("a")], ["pass", "a, b = ui.state(0), ui.state(0)", press("a")], "a 1"),
        (["a, b = ui.state(0), ui.state(0)", press("a")], ["pass", "a, b = ui.state(0), ui.state(0)", press("b")], "b 0"),
        (["a = ui.state(", "    0)", press("a")], ["a = ui.state(", "    7)", press("a")], "a 7"),
        (["a = ui.state(", "    0)", press("a")], ["pass", "a = ui.state(", "    0)", press("a")], "a 1"),
    ],
    ids=["moved", "another value", "indented", "the first of two", "the second of two", "second line", "two lines moved"],
)  # fmt: skip
def test_a_state_goes_by_the_text_of_its_line(
    edited: Edited, before: list[str], after: list[str], seen: str
) -> None:
    edited.load(window(*before)).click("a 0")
    edited.hand_over()
    edited.load(window(*after)).see(seen)


def test_states_in_a_loop_keep_their_order(edited: Edited) -> None:
    """Also where a key says which is which, and the items change places."""
    code = window("for name in NAMES:", "    with ui.row(key=name):", "        a = ui.state(0)",
                  '        ui.button(f"{name} {a.value}", on_click=a.set, args=(1,))')  # fmt: skip
    edited.load(f"NAMES = ['x', 'y']\n{code}").click("y 0")
    edited.hand_over()
    user = edited.load(f"NAMES = ['y', 'z', 'x']\n{code}")
    assert [found.label for found in user.seen() if found.role == "button"] == ["y 1", "z 0", "x 0"]


def test_another_function_at_the_same_address_begins_anew(edited: Edited) -> None:
    code = window("a = ui.state(0)", press("a"))
    edited.load(code).click("a 0")
    edited.hand_over()
    edited.load(code.replace("def window", "def other")).see("a 0")


def test_a_page_that_is_asked_for_twice_gets_the_same(edited: Edited) -> None:
    """The first answer may have been lost on its way."""
    code = window("a = ui.state(0)", press("a"))
    edited.load(code).click("a 0")
    edited.hand_over()
    user = edited.load(code)
    user.see("a 1")
    user.open("/").see("a 1")


def test_who_has_not_come_back_yet_is_passed_on(edited: Edited) -> None:
    code = window("a = ui.state(0)", press("a"))
    edited.load(code).click("a 0")
    edited.hand_over()
    session, edited.session = edited.session, ""
    edited.load(code)  # somebody else's page
    edited.hand_over()
    edited.session = session
    edited.load(code).see("a 1")


def test_a_value_that_cannot_be_pickled_begins_anew(edited: Edited, caplog: pytest.LogCaptureFixture) -> None:
    code = window("a = ui.state(0)", "f = ui.state(lambda: 'own')", press("a"), "ui.text(f.value())")
    with caplog.at_level(logging.WARNING, "hipflask.devtools"):
        edited.load(code).click("a 0")
        edited.hand_over()
    assert "f = ui.state(lambda: 'own') begins anew" in caplog.text
    user = edited.load(code)
    user.see("a 1")
    user.see("own")


def test_a_shared_state_goes_by_module_name_and_line(edited: Edited) -> None:
    code = "a: object = ui.State(0)\nb = ui.State(0)\n" + window(press("a"), press("b"))
    user = edited.load(code)
    user.click("a 0")
    user.click("b 0")
    edited.hand_over()
    user = edited.load(code.replace("b = ui.State(0)", "b = ui.State(3)"))
    user.see("a 1")
    user.see("b 3")
