"""Where things are in a Flask app: the addresses of its window functions, and what draws at an address."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import flask
import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

from ..core.errors import UsageError
from ..core.ports import Args, Place, Target
from ..core.words import join


def find_place(target: Target, args: Args = ()) -> Place:
    """The address of a window function with these arguments, or an address as it is; within a request of the app."""
    if isinstance(target, str):
        return Place(target, is_window(target))
    return Place(_address(target, _named(target, args)), is_live=True)


def is_window(address: str) -> bool:
    """Whether a window function of the present app draws what is at this address."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return False
    adapter = flask.globals.request_ctx.url_adapter
    assert adapter is not None
    try:
        endpoint, _ = adapter.match(parts.path, method="GET")
    except HTTPException:  # nothing there, or only by another method, or a slash further on
        return False
    return getattr(flask.current_app.view_functions.get(endpoint), "is_window", False)


def _address(function: Callable[..., None], values: dict[str, Any]) -> str:
    endpoints = _endpoints(function)
    failures: list[BuildError] = []
    for endpoint in endpoints:
        try:
            return flask.url_for(endpoint, **values)
        except BuildError as error:
            failures.append(error)
    name = function.__qualname__
    if not endpoints:
        raise UsageError(
            f"{name} has no address: it draws no window of this app. Decorate it: @app.window('/…')."
        )
    missing = sorted(getattr(failures[0].suggested, "arguments", set()) - values.keys())
    raise UsageError(
        f"{name} needs {join(missing, 'and') or 'other arguments'} to have an address: "
        f"args={{{', '.join(f'{each!r}: …' for each in missing)}}}."
    )


def _endpoints(function: Callable[..., None]) -> list[str]:
    views = flask.current_app.view_functions
    return [name for name, view in views.items() if getattr(view, "draws", _draws_nothing)(function)]


def _draws_nothing(_: object) -> bool:
    return False


def _named(function: Callable[..., None], args: Args) -> dict[str, object]:
    given: Mapping[str, object] = args if isinstance(args, Mapping) else _by_position(function, args)
    return {name: _in_url(value) for name, value in given.items()}


def _by_position(function: Callable[..., None], args: tuple[object, ...]) -> dict[str, Any]:
    try:
        return dict(inspect.signature(function).bind_partial(*args).arguments)
    except TypeError as error:
        raise UsageError(f"{function.__qualname__} does not take {args!r}: {error}.") from None


def _in_url(value: object) -> object:
    """A value as an address carries it, so that the parameter's type hint reads it back."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, list | tuple):
        return [_in_url(each) for each in value]
    return msgspec.to_builtins(value, builtin_types=()) if not isinstance(value, bool) else str(value).lower()
