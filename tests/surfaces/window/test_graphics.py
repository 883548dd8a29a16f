"""Whether pages are drawn by a graphics processor: only by one that is there, and ours to use."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipflask.surfaces.window._desktop import has_graphics


def test_without_a_graphics_processor_none_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None there, one that only shows pictures, or one that somebody has switched off."""
    monkeypatch.delenv("LIBGL_ALWAYS_SOFTWARE", raising=False)
    assert not has_graphics(tmp_path / "dri")
    (tmp_path / "card0").touch()
    assert not has_graphics(tmp_path)
    (tmp_path / "renderD128").touch()
    assert has_graphics(tmp_path)
    monkeypatch.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
    assert not has_graphics(tmp_path)
