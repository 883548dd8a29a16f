"""Samples and their knobs: found by decorator, read from the source."""

import inspect
import textwrap
from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from hipflask import ui

Tone = Literal["normal", "primary", "success", "warning", "danger"]
Size = Literal["s", "m", "l"]
Gap = Literal["none", "xs", "s", "m", "l", "xl"]

GROUPS = {  # what each group holds: {name of an element: its sample}
    name: {}
    for name in (
        "Text", "Buttons and menus", "Fields", "Choices", "Layout", "Messages", "Progress", "Ways around", "Data",
    )
}  # fmt: skip


@dataclass(frozen=True)
class Knob:
    name: str
    hint: object
    default: object

    @property
    def label(self):
        return self.name.replace("_", " ").capitalize()

    def draw(self, value):
        """Something to change the value with; what suits its type."""
        options = get_args(self.hint) if get_origin(self.hint) is Literal else ()
        if self.hint is bool:
            ui.switch(self.label, bind=value)
        elif options and len("".join(map(str, options))) < 12:
            ui.radio(self.label, options, bind=value, horizontal=True)
        elif options:
            ui.select(self.label, options, bind=value)
        elif self.hint is int:
            ui.number(self.label, bind=value, min=0, max=999)
        elif self.hint is float:
            ui.slider(self.label, bind=value, min=0, max=1, step=0.05)
        else:
            ui.input(self.label, bind=value)


@dataclass(frozen=True)
class Sample:
    name: str
    draw: object
    knobs: tuple

    @property
    def code(self):
        """The source of the function, from its `def` on."""
        source = textwrap.dedent(inspect.getsource(self.draw))
        return source[source.index("def ") :].rstrip()


def sample(group):
    """Show a function as the sample of the element that it is named after."""

    def add(function):
        name = function.__name__.rstrip("_")
        hints = get_type_hints(function)
        parameters = inspect.signature(function).parameters.values()
        knobs = tuple(
            Knob(each.name, hints.get(each.name, type(each.default)), each.default) for each in parameters
        )
        GROUPS[group][name] = Sample(name, function, knobs)
        return function

    return add


def find(name):
    return next((samples[name] for samples in GROUPS.values() if name in samples), None)


def about(name):
    """What the element's own documentation says, without its example."""
    return inspect.getdoc(getattr(ui, name)).partition(">>> ")[0].strip()


def matching(words):
    """The groups and names of all elements that are about these words."""
    wanted = words.lower().split()
    found = {
        group: [
            name
            for name in samples
            if all(word in f"{group} {name} {about(name)}".lower() for word in wanted)
        ]
        for group, samples in GROUPS.items()
    }
    return {group: names for group, names in found.items() if names}
