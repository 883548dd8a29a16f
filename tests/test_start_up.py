"""Importing costs little: each part is loaded when it is first used."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What only an open window, a server or a test needs.
HEAVY = {
    "asyncio", "ctypes", "gi", "hipflask.surfaces.desktop", "hipflask.surfaces.server", "hipflask.surfaces.web",
    "hipflask.surfaces.window", "hipflask.surfaces.wsgi", "hipflask.testing", "hipflask.ui.live", "httptools",
    "playwright", "uvicorn", "uvloop", "webview", "websockets",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "hipflask"}


def test_the_package_alone_loads_nothing() -> None:
    """`import hipflask` is a few names and where they live."""
    loaded = loaded_by("import hipflask")
    assert ours(loaded) == {"hipflask"}
    assert not loaded & {"flask", "msgspec"}


def test_ui_alone_loads_no_element() -> None:
    """`from hipflask import ui` brings no element, no drawing, no Flask."""
    loaded = loaded_by("from hipflask import ui")
    assert ours(loaded) == {"hipflask", "hipflask.ui"}
    assert "flask" not in loaded


def test_one_element_loads_no_other() -> None:
    """`ui.text` brings its own file, and no other element's."""
    elements = {name for name in loaded_by("from hipflask import ui\nui.text") if ".elements." in name}
    assert elements == {"hipflask.ui.elements.text"}


@pytest.mark.parametrize(
    "code",
    [
        "from hipflask import Hipflask, ui\napp = Hipflask('lean')\n@app.window('/')\ndef window(): ui.text('Hello')",
        "from hipflask import Hipflask\napp = Hipflask('lean')\n@app.command()\ndef hello(name: str) -> str: return name\n"
        "assert app.test_cli_runner().invoke(args=['hello', 'Lou']).output == 'Lou\\n'",
        "import hipflask.cli",
    ],
    ids=["an app with a window, not yet opened", "a command", "the command line"],
)
def test_what_opens_no_window_pays_for_none(code: str) -> None:
    """No server, no sockets, no GUI library, no event loop."""
    assert loaded_by(code) & HEAVY == set()


def test_who_has_no_store_pays_for_none() -> None:
    """SQLAlchemy comes with `Store`, and Alembic when a file is to be migrated."""
    assert not loaded_by("from hipflask import Hipflask, ui\nui.button") & {
        "sqlalchemy",
        "sqlite3",
        "alembic",
    }
    assert "alembic" not in loaded_by("from hipflask import Hipflask, Store\ndb = Store(Hipflask('lean'))")
