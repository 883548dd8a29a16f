"""What functions return, as assistants take it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest
from ballpark import PNG, Player

from hipflask.core.errors import UsageError
from hipflask.core.signature import plan
from hipflask.surfaces.mcp.content import prompt_messages, resource_contents, tool_result
from hipflask.surfaces.mcp.schema import input_schema, output


class Drawn:
    def _repr_png_(self) -> bytes:
        return PNG


@dataclass
class Branch:
    name: str
    below: list[Branch]


def returning(hint: Any) -> Any:
    def function() -> Any: ...

    function.__annotations__["return"] = hint
    return output(plan(function))


# ── schemas ───────────────────────────────────────────────────────────────────────────────────────


def test_what_a_tool_takes_is_said_by_its_hints() -> None:
    """Types, limits, choices, descriptions, defaults, what is needed, and that nothing else is taken."""

    def order(
        item: Literal["ball", "bat"],
        number: Annotated[int, msgspec.Meta(ge=1, description="how many")],
        to: Annotated[Player, "who gets it"],
        on: date | None = None,
        gift: bool = False,
    ) -> None: ...

    assert input_schema(plan(order)) == {
        "type": "object",
        "properties": {
            "item": {"enum": ["ball", "bat"]},
            "number": {"type": "integer", "minimum": 1, "description": "how many"},
            "to": {"$ref": "#/$defs/Player", "description": "who gets it"},
            "on": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
            "gift": {"type": "boolean", "default": False},
        },
        "required": ["item", "number", "to"],
        "additionalProperties": False,
        "$defs": {
            "Player": {
                "title": "Player",
                "description": "Who plays where.",
                "type": "object",
                "properties": {"name": {"type": "string"}, "base": {"type": "string"}},
                "required": ["name", "base"],
            }
        },
    }


def test_a_tool_that_takes_nothing_says_so() -> None:
    """As the specification recommends."""
    assert input_schema(plan(lambda_free)) == {"type": "object", "additionalProperties": False}


def lambda_free() -> None: ...


def test_a_default_that_is_a_mark_stays_inside() -> None:
    """An object of the function's own is nothing that could travel."""
    mark: Any = object()

    def f(x: int = mark) -> None: ...

    assert "default" not in input_schema(plan(f))["properties"]["x"]


@pytest.mark.parametrize("hint", [str, None, bytes, Any, Drawn, Annotated[str, "words"]])
def test_text_bytes_and_pictures_promise_nothing(hint: Any) -> None:
    """What has no structure has no schema."""
    assert returning(hint) is None


def test_an_object_is_promised_as_it_is_and_all_else_as_a_result() -> None:
    """Until 2025-11-25 it had to be an object."""
    promised = returning(Player)
    assert (promised.is_wrapped, promised.schema["type"], promised.schema["required"]) == (
        False, "object", ["name", "base"],
    )  # fmt: skip
    promised = returning(list[int])
    assert promised.is_wrapped
    assert promised.schema["properties"] == {"result": {"type": "array", "items": {"type": "integer"}}}
    assert returning(Branch).schema["$defs"]["Branch"], "it refers to itself"


# ── results ───────────────────────────────────────────────────────────────────────────────────────


def test_text_is_text() -> None:
    assert tool_result("t", "Who.", None) == {"content": [{"type": "text", "text": "Who."}]}


def test_nothing_is_nothing() -> None:
    assert tool_result("t", None, None) == {"content": []}


def test_data_comes_as_data_and_as_text() -> None:
    """Old clients read the text."""
    assert tool_result("t", Player("Who", "first"), returning(Player)) == {
        "content": [{"type": "text", "text": '{"name":"Who","base":"first"}'}],
        "structuredContent": {"name": "Who", "base": "first"},
    }
    assert tool_result("t", [1], returning(list[int]))["structuredContent"] == {"result": [1]}
    assert tool_result("t", [1], None)["structuredContent"] == {"result": [1]}
    assert tool_result("t", "first", returning(Literal["first"])) == {
        "content": [{"type": "text", "text": "first"}],
        "structuredContent": {"result": "first"},
    }


def test_a_promise_that_is_not_kept_is_not_sent() -> None:
    """A client that checks would refuse it with less to say."""
    with pytest.raises(UsageError, match="something else than its hint says"):
        tool_result("t", "seven", returning(int))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
    ],
)
def test_pictures_and_sounds_are_known_by_how_they_begin(data: bytes, kind: str) -> None:
    (block,) = tool_result("t", data, None)["content"]
    assert block == {"type": kind.partition("/")[0], "data": b64encode(data).decode(), "mimeType": kind}


def test_other_bytes_are_a_file() -> None:
    (block,) = tool_result("t", b"\0\1", None)["content"]
    assert block["type"] == "resource"
    assert block["resource"]["blob"] == "AAE="


def test_what_can_draw_itself_is_a_picture_among_words_too() -> None:
    """A figure and what is to be said of it."""
    words, picture = tool_result("t", ["Look:", Drawn()], None)["content"]
    assert words == {"type": "text", "text": "Look:"}
    assert picture["mimeType"] == "image/png"


def test_a_resource_is_text_bytes_or_json() -> None:
    assert resource_contents("a:b", "words", None) == [
        {"uri": "a:b", "mimeType": "text/plain", "text": "words"}
    ]
    assert resource_contents("a:b", "# words", "text/markdown")[0]["mimeType"] == "text/markdown"
    assert resource_contents("a:b", [1], None)[0] == {
        "uri": "a:b",
        "mimeType": "application/json",
        "text": "[1]",
    }
    assert resource_contents("a:b", PNG, None)[0]["blob"] == b64encode(PNG).decode()


def test_a_prompt_is_said_in_turns() -> None:
    """Text is the person's own; a pair says who speaks."""
    assert prompt_messages("p", "Hello") == [{"role": "user", "content": {"type": "text", "text": "Hello"}}]
    roles = [each["role"] for each in prompt_messages("p", ["a", ("assistant", "b"), ("user", Drawn())])]
    assert roles == ["user", "assistant", "user"]
    with pytest.raises(UsageError, match="somebody named 'system' speak"):
        prompt_messages("p", [("system", "x")])
