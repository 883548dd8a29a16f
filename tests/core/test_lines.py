from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

import pytest

from hipflask.core import lines


def test_a_function_is_found_by_its_name_and_line() -> None:
    """Also behind a partial; what is not written in Python has no line."""

    def save() -> None: ...

    where = lines.of(save)
    assert where.endswith(f"test_lines.py:{save.__code__.co_firstlineno}")
    assert lines.of(partial(save)) == where
    assert lines.name(partial(save)).endswith("save")
    assert lines.of(print) == ""
    assert lines.name(print) == "print"


def test_a_place_names_no_folder_of_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has the name by which it is imported; one that cannot be imported has its last name alone."""
    home = tmp_path / "anna"
    monkeypatch.setattr(sys, "path", [*sys.path, str(home)])
    lines.short.cache_clear()
    try:
        assert lines.short(str(home / "desk" / "orders.py")) == "desk/orders.py"
        assert lines.short(str(tmp_path / "berta" / "notes.py")) == "notes.py"
    finally:
        lines.short.cache_clear()


def test_the_line_of_the_app_is_named_and_not_the_libraries() -> None:
    """What calls through our own code or Python's is looked for above it."""
    assert "test_lines.py:" in lines.caller()
    found: dict[str, str] = {}
    re.sub("x", lambda _: found.setdefault("place", lines.caller()), "x")
    assert "test_lines.py:" in found["place"]
    assert not lines.is_app(lines.__file__)
    assert not lines.is_app(pytest.__file__)
    assert not lines.is_app(re.__file__)
