"""One of the pages of `ui.tabs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

from ...core.errors import UsageError
from ..drawing import current
from ..element import Common, element
from ..tree import Kind, Node
from .icon import ICON, known_icon
from .tabs import TABS

TAB = Kind("tab", "wa-tab", role="tab", label="text")
PANEL = Kind("tab", "wa-tab-panel")


def tab(
    name: str,
    *,
    draw: Callable[[], object] | None = None,
    icon: str | None = None,
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Add a page of this name to the `ui.tabs` around it: what is drawn inside, or what `draw()` draws.

    With `draw` nothing of the page is drawn while it is closed, and its states begin anew each time it is opened; then
    `ui.tabs` needs a `bind=`.

    >>> page = ui.state("Score")
    >>> with ui.tabs(bind=page):
    ...     with ui.tab("Line-up", icon="users"):
    ...         ui.text("Who is on first.")
    ...     ui.tab("Score", draw=lambda: ui.text("Nobody has run yet."))
    """
    group = current("ui.tab").parents[-1]
    if group.kind is not TABS:
        raise UsageError(f"ui.tab({name!r}) belongs directly inside `with ui.tabs():`, which shows its name.")
    if not group.props["active"]:
        group.props["active"] = name
    head = element(TAB, {"text": name, "panel": name, "disabled": disabled or None}, {"key": name})
    if icon is not None:
        with head:
            element(ICON, {"name": known_icon(icon)}, {})
    panel = element(PANEL, {"name": name}, {"key": name, **common})
    if draw is not None and _chosen(group) == name:
        with panel:
            draw()
    return panel


def _chosen(group: Node) -> object:
    """The name of the open page, read so that this drawing follows it."""
    bound = next((each.field for each in current("ui.tab").bindings if each.node is group), None)
    if bound is None:
        raise UsageError(
            "ui.tab(draw=…) draws its page when that is opened, and must be told: `page = ui.state('')` and "
            "`with ui.tabs(bind=page):`."
        )
    return bound.get() or group.props["active"]
