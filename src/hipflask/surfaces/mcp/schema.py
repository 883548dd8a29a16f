"""JSON Schema of what an action takes and returns, out of its type hints.

def on(base: Literal["first", "second"], since: Annotated[int, "a year"] = 2026) -> Player: ...

{"type": "object",
 "properties": {"base": {"enum": ["first", "second"]}, "since": {"type": "integer", "description": "a year", "default": 2026}},
 "required": ["base"], "additionalProperties": false}
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from ...core import hints
from ...core.errors import UsageError
from ...core.fault import REFUSALS, convert
from ...core.results import to_builtins
from ...core.signature import Parameter, Plan

Schema = dict[str, Any]
_REFERENCE = "#/$defs/{name}"
_TEXT = (str, bytes, None, type(None), Any)  # what has no more structure than text, bytes or nothing


@dataclass(frozen=True, slots=True)
class Output:
    """What a tool promises to return; what is no object travels as {"result": …}, which both eras of the protocol take."""

    hint: Any
    schema: Schema
    is_wrapped: bool

    def fits(self, plain: object) -> bool:
        """Whether a result, as it travels, is what was promised."""
        try:
            convert(plain, self.hint)
        except REFUSALS:
            return False
        return True


def input_schema(plan: Plan) -> Schema:
    """What a tool takes."""
    found, named = msgspec.json.schema_components(
        [each.type for each in plan.parameters], ref_template=_REFERENCE
    )
    properties = {
        each.name: _property(each, schema) for each, schema in zip(plan.parameters, found, strict=True)
    }
    required = [each.name for each in plan.parameters if each.required]
    schema: Schema = {"type": "object"}
    if properties:
        schema["properties"] = properties
    if required:
        schema["required"] = required
    return {**schema, "additionalProperties": False, **_definitions(named)}


def output(plan: Plan) -> Output | None:
    """What a tool returns; None for text, bytes, nothing, and what the hint does not say."""
    base, _ = hints.bare(plan.returns)
    if base in _TEXT:
        return None
    try:
        (schema,), named = msgspec.json.schema_components([plan.returns], ref_template=_REFERENCE)
    except (
        TypeError,
        NameError,
    ):  # a Reply, a model of the database, a picture: they say themselves what they are
        return None
    whole = {**schema}
    if "$ref" in whole:  # until 2025-11-25 it has to say at its root that it is an object
        whole = {**named[whole["$ref"].rpartition("/")[2]]}
    if whole.get("type") == "object":
        return Output(plan.returns, {**whole, **_definitions(named)}, is_wrapped=False)
    wrapped = {"type": "object", "properties": {"result": schema}, "required": ["result"]}
    return Output(plan.returns, {**wrapped, **_definitions(named)}, is_wrapped=True)


def _property(parameter: Parameter, schema: Schema) -> Schema:
    told = {**schema}
    if parameter.description:
        told["description"] = parameter.description
    if not parameter.required:
        with suppress(UsageError):  # the function's own mark for "nothing was given"
            told["default"] = to_builtins(parameter.default)
    return told


def _definitions(named: dict[str, Any]) -> Schema:
    return {"$defs": named} if named else {}
