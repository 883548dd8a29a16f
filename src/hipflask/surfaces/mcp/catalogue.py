"""What an app offers to assistants, in the words in which it is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...core.action import Action, Door, Registry
from ...core.errors import UsageError
from .schema import Output, input_schema, output
from .uris import Template
from .wire import Params


@dataclass(frozen=True)
class Entry:
    """One function behind one door."""

    action: Action
    door: Door

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.door.name

    @property
    def title(self) -> str:
        """What a person sees of it."""
        return self.door.options["title"] or self.action.name.strip("_").replace("_", " ").capitalize()

    def _told(self, **words: Any) -> Params:
        """Its title and description, and what else there is to be said."""
        told = {"title": self.title, "description": self.action.description, **words}
        return {word: value for word, value in told.items() if value not in (None, "", {}, [])}


class Tool(Entry):
    """A function that an assistant calls."""

    @cached_property
    def output(self) -> Output | None:
        """What it promises to return."""
        return output(self.action.plan)

    @cached_property
    def listed(self) -> Params:
        """As it is listed."""
        schema = self.output.schema if self.output is not None else None
        told = self._told(outputSchema=schema, annotations=self.door.options["annotations"])
        return {"name": self.name, "inputSchema": input_schema(self.action.plan), **told}


class Resource(Entry):
    """A function that is read under an address, or under many."""

    @cached_property
    def template(self) -> Template:
        """Its address."""
        return Template(self.door.name)

    @property
    def mime_type(self) -> str | None:
        """What its author says that it is."""
        given: str | None = self.door.options["mime_type"]
        return given

    @cached_property
    def listed(self) -> Params:
        """As it is listed."""
        where = "uriTemplate" if self.template.names else "uri"
        name = self.door.options["name"] or self.action.name
        return {where: self.door.name, "name": name, **self._told(mimeType=self.mime_type)}


class Prompt(Entry):
    """A function that writes what a person is going to say."""

    @cached_property
    def listed(self) -> Params:
        """As it is listed."""
        arguments = [
            {"name": each.name, "description": each.description or each.expected, "required": each.required}
            for each in self.action.plan.parameters
        ]
        return {"name": self.name, **self._told(arguments=arguments)}


class Catalogue:
    """All of an app's tools, resources and prompts, by their names, in the order of the source."""

    def __init__(self, actions: Registry) -> None:
        self.tools = _by_name(Tool(*each) for each in actions.doors("tool"))
        self.prompts = _by_name(Prompt(*each) for each in actions.doors("prompt"))
        resources = _by_name(Resource(*each) for each in actions.doors("resource"))
        for resource in resources.values():
            _refuse_unfillable(resource)
        self.resources = {name: each for name, each in resources.items() if not each.template.names}
        self.templates = {name: each for name, each in resources.items() if each.template.names}

    @property
    def has_anything(self) -> bool:
        """Whether there is something for assistants at all."""
        return bool(self.tools or self.resources or self.templates or self.prompts)

    def find_resource(self, uri: str) -> tuple[Resource, Mapping[str, str]] | None:
        """The resource at an address, and what the address says."""
        if uri in self.resources:
            return self.resources[uri], {}
        matches = ((each, each.template.match(uri)) for each in self.templates.values())
        return next(((each, values) for each, values in matches if values is not None), None)


def _by_name(entries: Iterator[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        if entry.name in found:
            raise UsageError(
                f"{entry.action.name}() and {found[entry.name].action.name}() are both the {entry.door.surface} "
                f"{entry.name!r}: give one of them another name, @app.{entry.door.surface}('…')."
            )
        found[entry.name] = entry
    return found


def _refuse_unfillable(resource: Resource) -> None:
    plan, named = resource.action.plan, resource.template.names
    missing = [each.name for each in plan.parameters if each.required and each.name not in named]
    unknown: Sequence[str] = [name for name in named if name not in plan.names]
    if missing or unknown:
        name = (missing or unknown)[0]
        which = (
            f"{resource.action.name}() takes {name!r}, which is not in the address"
            if missing
            else f"the address has {{{name}}}, which {resource.action.name}() does not take"
        )
        raise UsageError(
            f"@app.resource({resource.door.name!r}): {which}. Write the same names in both places."
        )
