"""No module needs itself, by whatever way round: type-only imports and imports inside functions count too.

The layers are a matter of import-linter's contracts, in pyproject.toml; this is what no contract of its can say.
"""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest


def cycles(graph: grimp.ImportGraph) -> list[str]:
    """One line for every import that is part of a cycle."""
    chains = [
        (importer, *back)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if (back := graph.find_shortest_chain(imported, importer))
    ]
    return [" → ".join(chain) for chain in chains]


def graph_of(package: str) -> grimp.ImportGraph:
    return grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)


def test_nothing_imports_itself_the_long_way_round() -> None:
    """In all of hipflask there is no import cycle."""
    assert cycles(graph_of("hipflask")) == []


@pytest.mark.parametrize(
    "back",
    [
        "from . import first",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .first import thing",
        "def later():\n    from .first import thing",
    ],
    ids=["at the top", "for types only", "in a function"],
)
def test_a_cycle_of_any_kind_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: str) -> None:
    """The check above is not blind."""
    package = tmp_path / "knotted"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text("from . import second\nthing = 1\n")
    (package / "second.py").write_text(back)
    monkeypatch.syspath_prepend(tmp_path)
    assert "knotted.first → knotted.second → knotted.first" in cycles(graph_of("knotted"))
