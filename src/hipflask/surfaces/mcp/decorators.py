"""`@app.tool`, `@app.resource` and `@app.prompt`: each records a door and returns the function as it was.

With the first of them the app gets the rule `/mcp`; what answers there is loaded with the first request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from ...core.action import Door, Registry
from ...core.errors import UsageError
from ..doors import add_door
from .paths import METADATA, PATH

F = TypeVar("F", bound=Callable[..., Any])

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"'<>\\^`|]+")


class McpDecorators:
    """The decorators of functions that assistants call."""

    actions: Registry

    def tool(
        self,
        name: str | None = None,
        *,
        title: str | None = None,
        read_only: bool | None = None,
        destructive: bool | None = None,
        idempotent: bool | None = None,
        open_world: bool | None = None,
    ) -> Callable[[F], F]:
        """Let a function be a tool that an assistant can call: `@app.tool()`.

        The docstring tells the assistant what it does, the type hints what it takes and returns; `Annotated[int, "how many"]`
        explains one parameter. The keywords are hints for the assistant's own questions to its user: a tool that is `read_only`
        changes nothing, one that is `destructive` takes something away, an `idempotent` one may be called twice, and one of an
        `open_world` reaches beyond this program.
        """
        _refuse_bare("tool", name)
        hints = {
            "readOnlyHint": read_only,
            "destructiveHint": destructive,
            "idempotentHint": idempotent,
            "openWorldHint": open_world,
        }
        given = {hint: value for hint, value in hints.items() if value is not None}
        return _recorder(self, "tool", name, _NAME, {"title": title, "annotations": given})

    def resource(
        self, uri: str, *, name: str | None = None, title: str | None = None, mime_type: str | None = None
    ) -> Callable[[F], F]:
        """Let assistants read what a function returns under a URI: `@app.resource("lineup://players/{base}")`.

        `{base}` fills the parameter of that name with one part of the address, `{+path}` with all that follows, slashes too. Text is
        read as text, bytes and pictures as they are, all else as JSON.
        """
        _refuse_bare("resource", uri)
        return _recorder(self, "resource", uri, _URI, {"name": name, "title": title, "mime_type": mime_type})

    def prompt(self, name: str | None = None, *, title: str | None = None) -> Callable[[F], F]:
        """Let a function write a prompt that a person chooses in their assistant: `@app.prompt()`.

        It returns what the person says, or a list of what is said: text, or pairs as `("assistant", "Which team?")`.
        """
        _refuse_bare("prompt", name)
        return _recorder(self, "prompt", name, _NAME, {"title": title})


def _recorder(
    scaffold: McpDecorators, surface: str, name: str | None, form: re.Pattern[str], options: dict[str, Any]
) -> Callable[[F], F]:
    def record(function: F) -> F:
        called = name if name is not None else function.__name__
        _refuse_misnamed(surface, called, form)
        if any(door.name == called for _, door in scaffold.actions.doors(surface)):
            raise UsageError(
                f"There is a {surface} {called!r} already: give {function.__name__}() another, @app.{surface}('…')."
            )
        scaffold.actions.add(function, Door(surface, called, options))
        _mount(scaffold)
        return function

    return record


def _refuse_bare(surface: str, name: object) -> None:
    if name is not None and not isinstance(name, str):
        shown = f"@app.{surface}('…')" if surface == "resource" else f"@app.{surface}()"
        raise UsageError(f"@app.{surface} was written without its brackets: write {shown}.")


def _refuse_misnamed(surface: str, name: str, form: re.Pattern[str]) -> None:
    if form.fullmatch(name):
        return
    wanted = (
        "a URI such as lineup://players or lineup://players/{base}"
        if surface == "resource"
        else "at most 128 letters of a-z and A-Z, digits, and _, - or ."
    )
    raise UsageError(f"@app.{surface}({name!r}): expected {wanted}.")


# ── the rule ──────────────────────────────────────────────────────────────────────────────────────


def _mount(scaffold: Any) -> None:
    """Give the app, or each app that a blueprint is registered with, the rule for assistants."""
    if hasattr(scaffold, "url_map"):
        _add_rules(scaffold)
    elif not getattr(scaffold, "_hipflask_mcp", False):
        scaffold._hipflask_mcp = True
        scaffold.record(lambda state: _add_rules(state.app))


def _add_rules(app: Any) -> None:
    if _answer.__name__ in app.view_functions:
        return
    for path in (PATH, METADATA, METADATA + PATH):
        add_door(app, path)
    how = {"provide_automatic_options": False}
    app.add_url_rule(PATH, _answer.__name__, _answer, methods=["POST", "GET", "DELETE"], **how)
    for path in (METADATA, METADATA + PATH):
        app.add_url_rule(path, _metadata.__name__, _metadata, **how)


def _answer() -> Any:
    from .http import answer

    return answer()


def _metadata() -> Any:
    from .http import metadata

    return metadata()
