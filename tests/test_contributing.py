"""CONTRIBUTING.md keeps its word: its examples work as they stand, and its commands and paths exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import User

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ELEMENT, ELEMENT_TEST, SURFACE, SURFACE_TEST = re.findall(r"```python\n(.*?)```", GUIDE, re.S)


def written(code: str, name: str, **known: Any) -> ModuleType:
    """A module as if `code` stood in the file that `name` names."""
    module = ModuleType(name)
    vars(module).update(known, __package__=name.rpartition(".")[0])
    exec(compile(code, f"{name}.py", "exec"), vars(module))
    return module


@pytest.fixture
def textarea(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The guide's element, as if it were one of ours."""
    module = written(ELEMENT, "hipflask.ui.elements.textarea")
    monkeypatch.setattr(ui, "textarea", module.textarea, raising=False)
    return module


@pytest.mark.usefixtures("textarea")
def test_the_element_of_the_guide_passes_its_test() -> None:
    """What a newcomer copies works."""
    written(ELEMENT_TEST, "test_textarea").test_what_is_typed_is_kept()


def test_the_docstring_of_the_element_runs(textarea: ModuleType) -> None:
    """The example in its docstring draws what it says."""
    example = doctest.DocTestParser().get_doctest(
        textarea.textarea.__doc__, {"ui": ui}, "textarea", None, None
    )
    assert example.examples
    app = Hipflask("example")

    @app.window("/")
    def window() -> None:
        doctest.DebugRunner().run(example, clear_globs=False)

    with User(app).open("/") as user:
        assert user.find("Notes", "textbox").value == "Bring the bat."


def test_the_surface_of_the_guide_passes_its_test() -> None:
    """A surface needs no more than core."""
    surface = written(SURFACE, "hipflask.surfaces.pipe")
    written(SURFACE_TEST, "test_pipe", answer=surface.answer).test_a_line_is_answered()


def test_every_command_of_the_guide_exists() -> None:
    """Each `make …` is a target of the Makefile, and each target is in the guide."""
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    assert set(re.findall(r"`(?:PYTHON=\S+ )?make ([a-z-]+)", GUIDE)) == targets


def test_every_path_of_the_guide_exists() -> None:
    """But for the three files that it shows how to write."""
    made = {f"src/hipflask/{name}" for name in ("ui/elements/textarea.py", "surfaces/pipe.py")}
    made.add("tests/ui/elements/test_textarea.py")
    named = set(re.findall(r"`((?:src|tests|client|scripts|benchmarks|docs)/[\w./]*)`", GUIDE))
    assert named - made
    assert [path for path in sorted(named - made) if not (ROOT / path).exists()] == []
