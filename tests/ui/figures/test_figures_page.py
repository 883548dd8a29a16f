"""The program on the page about figures runs, where its libraries are."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from hipflask.testing import User

from .libraries import library

PAGE = Path(__file__).parents[3] / "docs" / "topics" / "figures.md"


def test_the_page_about_figures_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """All three figures are in its window."""
    for name in ("matplotlib", "plotly"):
        library(name)
    library("altair", "vl_convert")
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    module = ModuleType("documented")
    exec(compile(code, "documented.py", "exec"), module.__dict__)
    with User(module.app).open("/") as user:
        assert [found.label for found in user.seen() if found.role in ("img", "figure")] == [
            "Runs by inning"
        ] * 3
