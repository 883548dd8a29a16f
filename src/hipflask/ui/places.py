"""Where a link, `ui.navigate` or `ui.open_window` leads: a window function with its arguments, or an address."""

from __future__ import annotations

from ..core.errors import UsageError
from ..core.ports import Args, Place, Target
from .drawing import under_way
from .handlers import current_session


def find(what: str, target: Target, args: Args) -> Place:
    """The place that a target means in the program of this window; raises UsageError, naming `what`, if it means none."""
    if not (isinstance(target, str) or callable(target)):
        raise UsageError(f"{what}: {target!r} leads nowhere. Give a window function or an address.")
    if isinstance(target, str) and args:
        raise UsageError(
            f"{what}: args are for a window function. An address has them inside it: "
            "url_for('player', number=7) makes such a one."
        )
    drawing = under_way()
    session = drawing.part.owner if drawing is not None else current_session(what)
    return session.find_place(target, args)


def as_written(target: Target, args: Args = ()) -> Place:
    """What a session that knows no rules makes of a target."""
    if isinstance(target, str):
        return Place(target)
    raise UsageError(
        f"{getattr(target, '__qualname__', target)} has no address: nothing here knows any rules."
    )
