"""A hub process that writes down what it does: each span as one line, in the file that SPANS names."""

from __future__ import annotations

import json
import os
from typing import Any

from hipflask.core import tracing
from hipflask.core.tracing import Note, Span


class Lines:
    """A sink that appends to a file."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 (for as long as the process lives)

    def began(self, span: Span) -> None:
        pass

    def ended(self, span: Span) -> None:
        self._file.write(json.dumps(told(span), default=str) + "\n")

    def noted(self, note: Note) -> None:
        pass


def told(span: Span) -> dict[str, Any]:
    """What a test wants to know of a span."""
    causes = [cause.origin.traceparent for cause in span.causes if cause.origin]
    parent = span.parent.traceparent if span.parent else None
    return {
        "kind": span.kind,
        "name": span.name,
        "trace": span.origin.trace,
        "span": span.origin.traceparent,
        "parent": parent,
        "causes": causes,
        "facts": span.facts,
    }


if "SPANS" in os.environ:
    tracing.add(Lines(os.environ["SPANS"]))
