"""What functions return, as assistants take it: text, data, pictures, sound.

    content of "Who is on first."     [{"type": "text", "text": "Who is on first."}]
    content of Player("Who", 2024)    the same with its JSON, and "structuredContent": {"name": "Who", "since": 2024}
    content of a picture              [{"type": "image", "data": "iVBORw0…", "mimeType": "image/png"}]

A picture is whatever can show itself as PNG (`_repr_png_`, as those of Pillow and Matplotlib can), or bytes that begin as one.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ...core.errors import UsageError
from ...core.results import encode_result, to_builtins
from .schema import Output
from .wire import Params

_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"ID3": "audio/mpeg",
    b"OggS": "audio/ogg",
    b"fLaC": "audio/flac",
}
_BYTES = "application/octet-stream"


def tool_result(name: str, returned: object, output: Output | None) -> Params:
    """What a tool has returned; raises UsageError if it is not what the tool promises, or has no form outside of Python."""
    several = returned if isinstance(returned, list | tuple) else [returned]
    if any(_media(each) for each in several):
        return {"content": [_block(each, name) for each in several]}
    plain = to_builtins(returned)
    if output is not None and not output.fits(plain):
        raise UsageError(f"The tool {name!r} has returned something else than its hint says: {output.hint}.")
    if plain is None and output is None:
        return {"content": []}
    told: Params = {"content": [_text(_as_text(plain))]}
    if output is not None or isinstance(plain, dict | list | tuple):
        is_wrapped = output.is_wrapped if output is not None else not isinstance(plain, dict)
        told["structuredContent"] = {"result": plain} if is_wrapped else plain
    return told


def resource_contents(uri: str, returned: object, mime_type: str | None) -> list[Params]:
    """What a resource holds."""
    media = _media(returned)
    if media is not None:
        data, found = media
        return [{"uri": uri, "mimeType": mime_type or found, "blob": b64encode(data).decode()}]
    plain = to_builtins(returned)
    kind = "text/plain" if isinstance(plain, str) else "application/json"
    return [{"uri": uri, "mimeType": mime_type or kind, "text": _as_text(plain)}]


def prompt_messages(name: str, returned: object) -> list[Params]:
    """What is said in a prompt: one thing, or several in turn."""
    turns = returned if isinstance(returned, list) else [returned]
    return [_said(name, turn) for turn in turns]


def failure(sentence: str) -> Params:
    """A tool's result that says what went wrong, for the assistant to read and try again."""
    return {"content": [_text(sentence)], "isError": True}


def _said(name: str, turn: object) -> Params:
    role, words = turn if isinstance(turn, tuple) and len(turn) == 2 else ("user", turn)
    if role not in ("user", "assistant"):
        raise UsageError(
            f"The prompt {name!r} has somebody named {role!r} speak: write ('user', …) or ('assistant', …)."
        )
    return {"role": role, "content": _block(words, name)}


def _block(value: object, name: str) -> Params:
    media = _media(value)
    if media is None:
        return _text(_as_text(to_builtins(value)))
    data, kind = media
    coded = b64encode(data).decode()
    family = kind.partition("/")[0]
    if family in ("image", "audio"):
        return {"type": family, "data": coded, "mimeType": kind}
    return {"type": "resource", "resource": {"uri": f"result:{name}", "mimeType": kind, "blob": coded}}


def _media(value: object) -> tuple[bytes, str] | None:
    """The bytes of a picture, a sound or a file, and what they are; None for all else."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value), _kind(bytes(value))
    draw = getattr(type(value), "_repr_png_", None)
    drawn = draw(value) if draw is not None else None
    return (drawn, "image/png") if isinstance(drawn, bytes) else None


def _kind(data: bytes) -> str:
    if data[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(data[8:12], _BYTES)
    return next((kind for beginning, kind in _BEGINNINGS.items() if data.startswith(beginning)), _BYTES)


def _text(text: str) -> Params:
    return {"type": "text", "text": text}


def _as_text(plain: Any) -> str:
    return plain if isinstance(plain, str) else encode_result(plain).decode()
