"""Going to another place of the program, and opening and closing windows, from a handler."""

from __future__ import annotations

from ..core.desk import CloseWindow, OpenWindow
from ..core.errors import UsageError
from ..core.ports import Args, Target
from ..core.spots import Area, spot
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
    monitor: int | str | None = None,
    area: str | Area | None = None,
) -> None:
    """Open another window of this app at a window function, called with `args`, or at an address of this app.

    It has a live session of its own; what both are to show belongs into a `ui.State`. Title, size and place are those of
    `@app.window` unless given here. In a browser it is another tab.

    `monitor` is a number (1 is the primary one, the others follow from left to right), a name, or "next": the one after that
    of this window. `area` is a part of it: "left half", "top right", "maximized", or (left, top, width, height) as fractions.
    Where the person has put such a window goes before both.

    >>> ui.button("Chart", on_click=lambda: ui.open_window("/chart", monitor="next", area="left half"))
    """
    wish = spot("ui.open_window", monitor, area)
    address = find("ui.open_window", to, args).address
    if not address.startswith("/") or address.startswith("//"):
        raise UsageError(
            f"ui.open_window: {address!r} is no place of this app. Give a window function or a path such as '/details'; "
            "a ui.link opens addresses outside."
        )
    ask("ui.open_window", OpenWindow(address, title, width, height, wish))


def close_window() -> None:
    """Close this window, without asking what `ui.on_close` would.

    >>> ui.button("Discard", on_click=ui.close_window)
    """
    ask("ui.close_window", CloseWindow())
