"""Lines of code as they are told to others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hipflask.core.lines import told_line


def test_a_file_is_named_from_where_it_is_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several folders the innermost counts, and nothing above it is told."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "jane" / "src"), "/elsewhere"])
    assert told_line(str(tmp_path / "jane" / "src" / "shop" / "orders.py"), 12) == "shop/orders.py:12"


def test_a_file_from_nowhere_is_told_by_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that was executed, or a file run from another folder."""
    monkeypatch.setattr(sys, "path", [])
    assert told_line("/home/jane/hello.py", 3) == "hello.py:3"
    assert told_line("<string>", 1) == "<string>:1"
