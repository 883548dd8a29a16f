"""Going to another place of the program, and opening and closing windows, from a handler."""

from __future__ import annotations

from ..core.desk import CloseWindow, OpenWindow
from ..core.errors import UsageError
from ..core.ports import Args, Target
from .acting import acting_session, ask
from .elements.link import LINK
from .places import find
from .tree import checked_url


def navigate(to: Target, *, args: Args = ()) -> None:
    """Show another place in this window: a window function of this app, called with `args`, or an address.

    >>> ui.button("Line-up", on_click=ui.navigate, args=("/lineup",))
    """
    session = acting_session("ui.navigate")
    place = find("ui.navigate", to, args)
    session.call("navigate", checked_url(LINK, place.address), place.is_live)


def open_window(
    to: Target,
    *,
    args: Args = (),
    title: str | None = None,
    width: int | None = None,
    height: int | None = None,
) -> None:
    """Open another window of this app at a window function, called with `args`, or at an address of this app.

    It has a live session of its own; what both are to show belongs into a `ui.State`. Title and size are those of
    `@app.window` unless given here. In a browser it is another tab.

    >>> ui.button("Details", on_click=ui.open_window, args=("/details",))
    """
    address = find("ui.open_window", to, args).address
    if not address.startswith("/") or address.startswith("//"):
        raise UsageError(
            f"ui.open_window: {address!r} is no place of this app. Give a window function or a path such as '/details'; "
            "a ui.link opens addresses outside."
        )
    ask("ui.open_window", OpenWindow(address, title, width, height))


def close_window() -> None:
    """Close this window, without asking what `ui.on_close` would.

    >>> ui.button("Discard", on_click=ui.close_window)
    """
    ask("ui.close_window", CloseWindow())
