"""Write `client/src/wire.ts`, the browser's view of `hipflask/ui/wire.py`: `python scripts/wire_types.py`.

    class Ack(msgspec.Struct, array_like=True, tag="ack"):      export type Ack = [tag: "ack", number: number];
        number: int

A test compares the file with what this script would write, so that the two sides cannot drift apart.
"""

from __future__ import annotations

import typing
from pathlib import Path

import msgspec
from msgspec import inspect

from hipflask.ui import wire

TARGET = Path(__file__).parent.parent / "client" / "src" / "wire.ts"
HEAD = (
    "// Written by scripts/wire_types.py from src/hipflask/ui/wire.py: change that file and run the script.\n"
)
UNIONS = ("Patch", "ToScreen", "FromScreen")
SIMPLE = {
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}


def main() -> None:
    """Write the file."""
    TARGET.write_text(typescript(), encoding="utf-8")


def typescript() -> str:
    """The whole of wire.ts."""
    structs = [item for item in vars(wire).values() if is_struct(item)]
    names = [
        "/** What an element is made of: see DESIGN.md. */\nexport type Props = Record<string, unknown>;\n"
    ]
    return "\n".join([HEAD, *names, *map(declaration, structs), *map(union, UNIONS)])


def is_struct(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, msgspec.Struct) and item is not msgspec.Struct


def declaration(struct: type[msgspec.Struct]) -> str:
    """One struct as a labelled tuple, or as an interface where it travels as an object."""
    info = typing.cast(inspect.StructType, inspect.type_info(struct))
    comment = "\n".join(
        f" * {line.strip()}".rstrip() for line in (struct.__doc__ or "").strip().splitlines()
    )[3:]
    fields = [f"{field.encode_name}: {spelled(field.type)}" for field in info.fields]
    if not info.array_like:
        body = "".join(f"  {field};\n" for field in fields)
        return f"/** {comment} */\nexport interface {struct.__name__} {{\n{body}}}\n"
    tag = [f'tag: "{info.tag}"'] if info.tag is not None else []
    return f"/** {comment} */\nexport type {struct.__name__} = [{', '.join(tag + fields)}];\n"


def union(name: str) -> str:
    members = typing.get_args(getattr(wire, name))
    return f"export type {name} = {' | '.join(member.__name__ for member in members)};\n"


def spelled(kind: inspect.Type) -> str:
    """A Python type in TypeScript's words."""
    if type(kind) in SIMPLE:
        return SIMPLE[type(kind)]
    if isinstance(kind, inspect.StructType):
        return kind.cls.__name__
    if isinstance(kind, inspect.ListType):
        return f"{grouped(kind.item_type)}[]"
    if isinstance(kind, inspect.DictType):
        value = spelled(kind.value_type)
        return "Props" if value == "unknown" else f"Record<{spelled(kind.key_type)}, {value}>"
    if isinstance(kind, inspect.UnionType):
        return alias(kind) or " | ".join(map(spelled, kind.types))
    raise TypeError(f"wire.py uses {kind!r}, which scripts/wire_types.py cannot write: add it to `spelled`")


def grouped(kind: inspect.Type) -> str:
    text = spelled(kind)
    return f"({text})" if " | " in text else text


def alias(kind: inspect.UnionType) -> str | None:
    """The name of a union that wire.py names itself."""
    members = {item.cls for item in kind.types if isinstance(item, inspect.StructType)}
    return next((name for name in UNIONS if set(typing.get_args(getattr(wire, name))) == members), None)


if __name__ == "__main__":
    main()
