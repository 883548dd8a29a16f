"""Writes docs/reference/elements.md, ui.md, voice.md and events.md from the docstrings; a test compares them.

The pictures are taken by `scripts/pictures.py`.

python scripts/reference.py            # write
python scripts/reference.py --check    # exit 1 if they are out of date
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path
from typing import get_type_hints

from hipflask import events, ui, voice
from hipflask.surfaces.events.decorators import EventDecorators
from hipflask.surfaces.voice.decorators import VoiceDecorators
from hipflask.ui import _ELEMENTS
from hipflask.ui.element import Common
from hipflask.ui.fields import FieldOptions

DOCS = Path(__file__).parent.parent / "docs" / "reference"


def main() -> int:
    """Write the pages, or compare them."""
    pages = {"elements.md": elements(), "ui.md": the_rest(), "voice.md": voices(), "events.md": by_events()}
    if "--check" in sys.argv:
        stale = [name for name, text in pages.items() if (DOCS / name).read_text() != text]
        print(
            "\n".join(
                f"docs/reference/{name} is out of date: run python scripts/reference.py" for name in stale
            )
        )
        return bool(stale)
    for name, text in pages.items():
        (DOCS / name).write_text(text)
    return 0


def elements() -> str:
    """One section for each element."""
    common = ", ".join(f"`{name}=`" for name in get_type_hints(Common))
    fields = ", ".join(
        f"`{name}=`" for name in FieldOptions.__annotations__ if name not in Common.__annotations__
    )
    head = (
        f"# Elements\n\nWritten by `scripts/reference.py`. Every element also takes {common}: {_words(Common)}\n\n"
        f"Those that end in `**field` are fields, and take {fields}: {_words(FieldOptions)} A handler that raises "
        "ValueError has its sentence shown at the field, too.\n\n"
        "The pictures are from `examples/gallery`, where all of this can be tried: `hipflask --app gallery run`.\n"
    )
    return "\n".join([head, *(_section(name) for name in sorted(_ELEMENTS))])


def the_rest() -> str:
    """What else `ui` has."""
    names = [name for name in ui.__all__ if name not in _ELEMENTS]
    return "\n".join(["# ui\n\nWritten by `scripts/reference.py`.\n", *(_section(name) for name in names)])


def voices() -> str:
    """The decorators of functions that are spoken to, and what those functions answer with."""
    methods = {
        f"@app.{name}": thing for name, thing in vars(VoiceDecorators).items() if not name.startswith("_")
    }
    names = {f"voice.{name}": getattr(voice, name) for name in voice.__all__}
    head = "# voice\n\nWritten by `scripts/reference.py`. The [topic](../topics/voice.md) has examples.\n"
    return "\n".join([head, *(_named(name, thing) for name, thing in (methods | names).items())])


def by_events() -> str:
    """The decorators of functions that events call, what an app declares beside them, and what those functions may take."""
    declaring = ("queue", "bucket", "topic", "allow", "register_middleware")
    methods = {
        f"app.{name}" if name in declaring else f"@app.{name}": thing
        for name, thing in vars(EventDecorators).items()
        if not name.startswith("_") and name != "add_url_rule"
    }
    names = {f"events.{name}": getattr(events, name) for name in events.__all__}
    head = "# events\n\nWritten by `scripts/reference.py`. The [topic](../topics/events.md) has examples.\n"
    return "\n".join([head, *(_named(name, thing) for name, thing in (methods | names).items())])


def _named(name: str, thing: object) -> str:
    parts = [f"## {name}\n\n```python\n{_called(name, thing)}\n```\n\n{inspect.getdoc(thing)}\n"]
    for method, function in vars(thing).items() if inspect.isclass(thing) else ():
        if inspect.isfunction(function) and not method.startswith("_"):
            parts.append(f"* `.{_called(method, function)}`: {inspect.getdoc(function)}\n")
    return "\n".join(parts)


def _called(name: str, thing: object) -> str:
    """How it is written: with its parameters, if it is a function of ours."""
    if dataclasses.is_dataclass(thing):
        names = [field.name for field in dataclasses.fields(thing) if not field.name.startswith("_")]
        return f"{name}({', '.join(names)})"
    if not inspect.isfunction(thing):
        return name
    signature = inspect.signature(thing)
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"]
    return f"{name}{signature.replace(parameters=parameters, return_annotation=signature.empty)}"


def _words(options: type) -> str:
    words = inspect.getdoc(options) or ""
    return words.partition(": ")[2]


def _section(name: str) -> str:
    thing = getattr(ui, name)
    text, _, example = (inspect.getdoc(thing) or "").partition(">>> ")
    code = "\n".join(line[4:] for line in f">>> {example}".splitlines() if line[:4] in (">>> ", "... "))
    shown = f"\n```python\n{code}\n```\n" if example else ""
    picture = (
        f"\n![What the gallery shows of ui.{name}](../images/elements/{name}.png)\n"
        if name in _ELEMENTS
        else ""
    )
    return f"## {name}\n\n```python\n{_signature(name, thing)}\n```\n\n{text.strip()}\n{picture}{shown}"


def _signature(name: str, thing: object) -> str:
    signature = inspect.signature(thing)  # type: ignore[arg-type]
    parameters = [
        p.replace(annotation=p.empty, name="field" if "FieldOptions" in str(p.annotation) else p.name)
        for p in signature.parameters.values()
        if p.name != "common"
    ]
    return f"ui.{name}{signature.replace(parameters=parameters, return_annotation=signature.empty)}"


if __name__ == "__main__":
    sys.exit(main())
