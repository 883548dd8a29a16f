"""What a program has at its paths: which windows open at its start, how one at a path begins, and where that is remembered."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from ..core.action import Door
from ..core.bundled import program_id, program_name
from .keeper import Opening
from .pages import View, theme_of
from .window import WindowOptions

PLACEMENTS, WORKSPACES, NOTEBOOK = (
    "windows.json",
    "workspaces.json",
    "notebook.json",
)  # in the program's folder


def is_window(app: Flask, path: str) -> bool:
    """Whether a window function draws what is at this path."""
    return _door_at(app, path)[1] is not None


def start_paths(app: Flask, start: str | None) -> list[str]:
    """The paths to open first: `start`, or the windows that open at the start, or the one at "/", or any without arguments."""
    if start is not None:
        return ["/" + start.lstrip("/")]  # `--start players` means the same as `--start /players`
    doors = {rule.rule: door for rule in app.url_map.iter_rules() if (door := _door(app, rule)) is not None}
    bare = [rule.rule for rule in app.url_map.iter_rules() if rule.rule in doors and not rule.arguments]
    at_start = [path for path in bare if doors[path].options.get("at_start")]
    return at_start or (bare[:1] if bare and "/" not in bare else ["/"])


def restores(app: Flask, start: str | None) -> bool:
    """Whether the program opens the windows that were open when it last ended; not where somebody says what to open."""
    return start is None and bool(app.config.get("HIPFLASK_RESTORE_WINDOWS", False))


def opening_at(app: Flask, path: str) -> Opening:
    """How a window at this path of the program is to look, as the window function there has it."""
    rule, door = _door_at(app, path)
    given = door.options if door is not None else {}
    theme = theme_of(app)
    options = WindowOptions(
        title=given.get("title") or program_name() or app.name,
        width=given.get("width", 1000),
        height=given.get("height", 720),
        scheme="system" if theme.scheme == "auto" else theme.scheme,
        app_id=program_id() or app.name,
        spot=given.get("spot"),
        debug=app.debug,
    )
    return Opening(options, is_live=door is not None, name=rule or path, is_there=bool(rule))


def _door_at(app: Flask, path: str) -> tuple[str, Door | None]:
    """The rule that a path falls under, empty if there is none, and the door of the window function that is there."""
    try:
        rule, _ = app.url_map.bind("127.0.0.1").match(path.partition("?")[0], method="GET", return_rule=True)
    except HTTPException:
        return "", None
    return rule.rule, _door(app, rule)


def _door(app: Flask, rule: Rule) -> Door | None:
    view = app.view_functions.get(rule.endpoint)
    return view.door(rule.rule) if isinstance(view, View) else None
