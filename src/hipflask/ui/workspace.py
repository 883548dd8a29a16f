"""Workspaces: which windows are open, and where, by a name of the person's; and the monitors that they stand on."""

from __future__ import annotations

from ..core.desk import DeleteWorkspace, Monitor, OpenWorkspace, SaveWorkspace, SeeMonitors, SeeWorkspaces
from ..core.errors import UsageError
from .acting import ask

LONGEST_NAME = 200


def monitors() -> list[Monitor]:
    """The monitors of this computer: the primary one first, the others from left to right.

    Each has `number`, `name`, `x`, `y`, `width`, `height` and `is_primary`; what panels take up is not counted. In a browser it is
    the one that the page is on.

    >>> ui.button("Next door", on_click=lambda: ui.open_window("/chart", monitor=len(ui.monitors())))
    """
    found: list[Monitor] = ask("ui.monitors", SeeMonitors())
    return found


def save_workspace(name: str) -> None:
    """Remember which windows are open, where they stand and what they show, under a name.

    >>> ui.button("Keep this desk", on_click=ui.save_workspace, args=("morning",))
    """
    ask("ui.save_workspace", SaveWorkspace(_checked("ui.save_workspace", name)))


def open_workspace(name: str, *, close_others: bool = False) -> None:
    """Bring a workspace back: windows that are open are moved to their places, the missing ones are opened.

    Windows that are no part of it stay, or with `close_others` are closed as if the person did it: `ui.on_close` is asked.

    >>> ui.button("Morning", on_click=ui.open_workspace, args=("morning",))
    """
    ask("ui.open_workspace", OpenWorkspace(_checked("ui.open_workspace", name), close_others))


def delete_workspace(name: str) -> None:
    """Forget a workspace; its windows stay as they are.

    >>> ui.button("Delete", on_click=ui.delete_workspace, args=("morning",))
    """
    ask("ui.delete_workspace", DeleteWorkspace(_checked("ui.delete_workspace", name)))


def workspaces() -> list[str]:
    """The names of the workspaces that have been saved, in alphabetical order.

    >>> ui.button("Tell", on_click=lambda: ui.notify(", ".join(ui.workspaces())))
    """
    return sorted(ask("ui.workspaces", SeeWorkspaces()))


def _checked(what: str, name: object) -> str:
    if isinstance(name, str) and name.strip() and len(name) <= LONGEST_NAME:
        return name
    raise UsageError(f"{what}: {name!r} is no name for a workspace. Give a short text, such as 'morning'.")
