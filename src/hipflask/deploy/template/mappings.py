"""What the mappings of queues and of streams have in common."""

from __future__ import annotations

import json

from ..description import Function
from .stack import Json, Stack


def filter_of(stack: Stack, function: Function) -> Json:
    """Which records reach the function, as the project's file says; None for all."""
    patterns = stack.settings.of(function.name).filter
    return (
        {"Filters": [{"Pattern": json.dumps(each, sort_keys=True)} for each in patterns]}
        if patterns
        else None
    )
