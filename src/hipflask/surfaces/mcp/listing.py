"""`hipflask mcp tools`: what an app has for assistants, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from ...core.results import encode_result
from .catalogue import Catalogue, Entry
from .serving import actions_of


def lines(app: Flask) -> Iterator[str]:
    """A line for each, under its kind."""
    have = Catalogue(actions_of(app))
    kinds = {"Tools": have.tools, "Resources": have.resources | have.templates, "Prompts": have.prompts}
    for kind, entries in kinds.items():
        if entries:
            yield f"{kind}:"
            yield from (f"  {_signature(each)}  {each.action.help}".rstrip() for each in entries.values())
    if not have.has_anything:
        yield f"{app.name} has nothing for assistants yet: decorate a function with @app.tool()."


def as_data(app: Flask) -> str:
    """The same as assistants get it, as JSON."""
    have = Catalogue(actions_of(app))
    kinds = {
        "tools": have.tools,
        "resources": have.resources,
        "resourceTemplates": have.templates,
        "prompts": have.prompts,
    }
    return encode_result(
        {kind: [each.listed for each in some.values()] for kind, some in kinds.items()}
    ).decode()


def _signature(entry: Entry) -> str:
    if entry.door.surface == "resource":
        return entry.name
    names = (each.name if each.required else f"[{each.name}]" for each in entry.action.plan.parameters)
    return f"{entry.name}({', '.join(names)})"
