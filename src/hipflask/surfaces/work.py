"""The unit of work that each surface puts around an action call."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from flask import Flask

    from ..core.action import Registry


def unit_of_work(app: Flask) -> AbstractContextManager[None]:
    """What begins and ends with an action call; nothing does in an app that keeps no actions."""
    actions = cast("Registry | None", getattr(app, "actions", None))
    return nullcontext() if actions is None else actions.unit_of_work()
