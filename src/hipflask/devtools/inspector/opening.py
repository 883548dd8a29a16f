"""From what the command line names to a source: a running program's address, or a report's file."""

from __future__ import annotations

from pathlib import Path

from .live import Live
from .report import Report
from .source import Source


def open_source(what: str, *, is_report: bool) -> Source:
    """Look there; raises Unanswered, with a sentence, where nothing can be seen."""
    return Report(Path(what)) if is_report else Live(what)
