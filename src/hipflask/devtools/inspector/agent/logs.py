"""Lines of logs, put among the other records, within the span that wrote them."""

from __future__ import annotations

import logging
import traceback

from ....core import lines
from .recorder import LONGEST_TEXT, Recorder
from .shorten import cut


class LogLines(logging.Handler):
    """A handler that tells the recorder; it never raises, and writes no line of its own."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.DEBUG)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            values = {"message": cut(record.getMessage(), LONGEST_TEXT)}
            if record.exc_info and record.exc_info[1] is not None:
                values["traceback"] = _end_of(traceback.format_exception(record.exc_info[1], limit=-30))
            facts = {"place": f"{lines.short(record.pathname)}:{record.lineno}", "thread": record.threadName}
            self._recorder.logged(record.levelname, record.name, facts, values)
        except Exception:  # what was to be logged does whatever it likes when it is written out
            self._recorder.logged(record.levelname, record.name, {}, {"message": "<cannot be written out>"})


def _end_of(parts: list[str]) -> str:
    text = "".join(parts)
    return text if len(text) <= LONGEST_TEXT else f"…{text[1 - LONGEST_TEXT :]}"
