"""The examples that are built, in a folder of their own, where a line of them can be changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Program:
    """An example; `line` is a piece of one of its lines that its first page shows, and `changed` what it becomes."""

    name: str
    file: str  # what `line` is in
    line: str
    changed: str
    has_store: bool = False

    @property
    def shown(self) -> str:
        """What the page shows once the line is changed, whatever stands before it."""
        return self.changed.strip('"} ')

    def copy(self, folder: Path) -> Path:
        """Copy its source; returns what `--app` is given: the script, or the folder of the package."""
        script = EXAMPLES / f"{self.name}.py"
        if script.is_file():
            return Path(shutil.copy(script, folder))
        return Path(
            shutil.copytree(
                EXAMPLES / self.name,
                folder / self.name,
                ignore=shutil.ignore_patterns("__pycache__", "instance"),
            )
        )

    def change(self, folder: Path) -> None:
        """Change one line of the copy in a folder."""
        file = folder / self.file
        text = file.read_text("utf-8")
        if text.count(self.line) != 1:
            raise SystemExit(f"{self.file} must have {self.line!r} once: that is what the benchmark changes.")
        file.write_text(text.replace(self.line, self.changed), "utf-8")


HELLO = Program("hello", "hello.py", "} clicks", "} presses")
POKER = Program("poker", "poker.py", '"Full house"', '"A full house"')
INVENTORY = Program(
    "inventory", "inventory/__init__.py", 'ui.heading("Inventory")', 'ui.heading("Stock")', has_store=True
)
