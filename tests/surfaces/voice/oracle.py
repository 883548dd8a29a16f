"""Amazon's own model of its JSON, by which ours is judged: `ask-sdk-model`, and as much of a reader as its classes need.

Each of its classes says what its fields are called in JSON and of what type they are, and a type with several forms says which
field tells them apart.
"""

from __future__ import annotations

import datetime as dt
import enum
import importlib
import re
from typing import Any

_PLAIN = {"str": str, "int": int, "float": (int, float), "bool": bool}


def as_amazon_reads(data: Any, kind: Any) -> Any:
    """The JSON as an object of Amazon's; raises ValueError for what its model does not know."""
    if data is None:
        return None
    if isinstance(kind, str):
        return _by_name(data, kind)
    if issubclass(kind, enum.Enum):
        return kind(data)
    if hasattr(kind, "get_real_child_model"):
        name = kind.get_real_child_model(data)
        if name is None:
            raise ValueError(f"{kind.__name__} has no such form: {data}")
        kind = _class(name)
    fields = {name: attribute for attribute, name in kind.attribute_map.items()}
    types = kind.deserialized_types
    if unknown := set(data) - set(fields):
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}")
    made = {fields[name]: as_amazon_reads(value, types[fields[name]]) for name, value in data.items()}
    found = kind.__new__(kind)
    for attribute in types:
        setattr(found, attribute, made.get(attribute))
    return found


def round_trip(data: Any, kind: Any) -> Any:
    """The JSON that Amazon's model writes of what it has read."""
    return _written(as_amazon_reads(data, kind))


def _by_name(data: Any, name: str) -> Any:
    if found := re.fullmatch(r"list\[(.*)\]", name):
        return [as_amazon_reads(each, found[1]) for each in data]
    if found := re.fullmatch(r"dict\(str, (.*)\)", name):
        return {key: as_amazon_reads(value, found[1]) for key, value in data.items()}
    if name in ("object", "datetime"):
        return dt.datetime.fromisoformat(data) if name == "datetime" else data
    if name in _PLAIN:
        if not isinstance(data, _PLAIN[name]):  # type: ignore[arg-type]
            raise ValueError(f"{data!r} is no {name}")
        return data
    return as_amazon_reads(data, _class(name))


def _class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    if not hasattr(value, "attribute_map"):
        return value
    parts = {name: getattr(value, attribute, None) for attribute, name in value.attribute_map.items()}
    return {name: _written(part) for name, part in parts.items() if part is not None}
