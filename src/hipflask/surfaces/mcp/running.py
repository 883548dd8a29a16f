"""Calling the functions: bound, in a unit of work, and every misfortune told in the assistant's way."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from flask import Flask, has_app_context
from werkzeug.exceptions import HTTPException

from ...core import tracing
from ...core.action import Action
from ...core.errors import BindingError, Cancelled, EntryError, RowGone, UndoRefused
from ...core.words import join
from ..work import unit_of_work
from .calls import Call
from .catalogue import Entry, Prompt, Resource, Tool
from .content import failure, prompt_messages, resource_contents, tool_result
from .eras import Terms
from .wire import INTERNAL_ERROR, INVALID_PARAMS, Params, Refused

T = TypeVar("T")

Permit = Callable[[Entry, Params, Call], None]


class NotAllowed(Exception):
    """The person whose program it is has not allowed this; the message says so."""


# What is raised with a sentence for whoever asked; all else is for the log.
_SAID_ON_PURPOSE = (BindingError, EntryError, NotAllowed, RowGone, UndoRefused)


class Runner:
    """Calls an app's functions for assistants; `permit` asks whoever has to allow it, and raises NotAllowed if they do not."""

    def __init__(self, app: Flask, permit: Permit) -> None:
        self._app = app
        self._permit = permit

    def call(self, tool: Tool, arguments: Params, call: Call, terms: Terms) -> Params:
        """What a tool has to say, in which whatever went wrong is told to the assistant, who may try again."""
        try:
            values = _bind(tool.action, {}, arguments)
        except _Misfits as misfits:
            return failure(str(misfits))
        try:
            return self._run(
                tool, values, call, terms, lambda said: tool_result(tool.name, said, tool.output)
            )
        except Cancelled:
            raise
        except Exception as error:
            return failure(self._told(error, "tool", tool.name))

    def read(
        self, resource: Resource, uri: str, texts: Mapping[str, str], call: Call, terms: Terms
    ) -> list[Params] | None:
        """What a resource holds; None if there is nothing at this address."""
        try:
            values = resource.action.plan.bind(texts, text=True)
        except BindingError:
            return None
        try:
            return self._run(
                resource,
                values,
                call,
                terms,
                lambda said: None if said is None else resource_contents(uri, said, resource.mime_type),
            )
        except (Cancelled, Refused):
            raise
        except HTTPException as error:
            if error.code == 404:
                return None
            raise self._refused(error, "resource", uri) from None
        except Exception as error:
            raise self._refused(error, "resource", uri) from None

    def following(
        self, resource: Resource, texts: Mapping[str, str], call: Call
    ) -> Callable[[], object] | None:
        """What reads a resource again and again, if it may be read; None if there is nothing at this address."""
        try:
            values = resource.action.plan.bind(texts, text=True)
        except BindingError:
            return None
        try:
            self._permit(resource, values, call)
        except NotAllowed as error:
            raise Refused(INVALID_PARAMS, str(error)) from None

        def read() -> object:
            with self._context(), unit_of_work(self._app):
                return resource.action.call(values)

        return read

    def write(self, prompt: Prompt, texts: Params, call: Call, terms: Terms) -> list[Params]:
        """What is said in a prompt."""
        try:
            values = _bind(prompt.action, texts, {})
        except _Misfits as misfits:
            raise Refused(INVALID_PARAMS, str(misfits)) from None
        try:
            return self._run(prompt, values, call, terms, lambda said: prompt_messages(prompt.name, said))
        except Cancelled:
            raise
        except Exception as error:
            raise self._refused(error, "prompt", prompt.name) from None

    def _run(self, entry: Entry, values: Params, call: Call, terms: Terms, form: Callable[[object], T]) -> T:
        """Call a function, and give what it returns its form while its rows can still be read.

        What comes too late is taken back: whoever called it off believes that it has not been done.
        """
        self._permit(entry, values, call)
        parent = (
            tracing.origin_of(text) if isinstance(text := call.message.meta.get("traceparent"), str) else None
        )
        kind = type(entry).__name__.lower()
        told = tracing.span(kind, entry.name, parent=parent, values={"arguments": values})
        with told, self._context(), call.listening(terms.log_level), unit_of_work(self._app):
            call.refuse_if_cancelled()
            formed = form(_called(entry.action, values))
            call.refuse_if_cancelled()
        return formed

    def _context(self) -> AbstractContextManager[object]:
        """The app's context, if it is not there yet as part of a web request."""
        return nullcontext() if has_app_context() else self._app.app_context()

    def _told(self, error: Exception, kind: str, name: str) -> str:
        if isinstance(error, _SAID_ON_PURPOSE):
            return str(error)
        if isinstance(error, HTTPException) and (error.code or 500) < 500:
            return error.description or error.name
        self._app.logger.error("The %s %r failed", kind, name, exc_info=error)
        return f"The {kind} {name!r} failed; the program's log says why."

    def _refused(self, error: Exception, kind: str, name: str) -> Refused:
        return Refused(INTERNAL_ERROR, self._told(error, kind, name))


def _called(action: Action, values: Params) -> object:
    """What a function returns; one that would end the program ends only its own call, which somebody waits for."""
    try:
        return action.call(values)
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(f"{action.name}() raised {type(error).__name__}") from error


class _Misfits(Exception):
    """All that does not fit, a sentence a line."""


def _bind(action: Action, texts: Params, data: Params) -> Params:
    """The arguments as the function takes them; raises _Misfits."""
    given = texts or data
    try:
        if given.keys() <= action.plan.names:
            return action.plan.bind_both(texts, data)
    except BindingError:
        pass
    faults = [*action.plan.faults(texts, data), *_strangers(action, given)]
    raise _Misfits("\n".join(f"{fault}." for fault in faults))


def _strangers(action: Action, arguments: Params) -> list[BindingError]:
    """An error for each argument that the function does not have: who sent it believes that it was heard."""
    names = [each.name for each in action.plan.parameters]
    found = []
    for name in arguments:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            known = f"there is {join(map(repr, names), 'and')}" if names else "there are none"
            meant = f"did you mean {near[0]!r}?" if near else known
            found.append(BindingError(name, arguments[name], f"no argument of that name ({meant})"))
    return found
