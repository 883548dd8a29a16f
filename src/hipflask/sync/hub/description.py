"""The hub's HTTP side as OpenAPI describes it: for whoever writes a proxy's rules, and for tools that try everything."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from ..framing import MEDIA_TYPE
from .requests import LONGEST_WAIT

_HEALTH = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status", "database", "sequencer", "version", "waiting"],
    "properties": {
        "status": {"enum": ["ok", "failing", "going away"]},
        "database": {"type": "boolean", "description": "PostgreSQL answers."},
        "sequencer": {
            "type": "boolean",
            "description": "Some hub process makes versions of what is committed.",
        },
        "version": {"type": "integer", "minimum": 0, "description": "The newest version."},
        "waiting": {"type": "integer", "minimum": 0, "description": "Changes that are in no version yet."},
    },
}


@cache
def described() -> bytes:
    """The description, as JSON."""
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Hipflask hub", "version": "1"},
            "paths": {"/sync": {"post": _sync()}, "/health": {"get": _health()}},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        }
    ).encode()


def _sync() -> dict[str, Any]:
    return {
        "summary": "Everything that a replica has to say, and everything that it does not have yet.",
        "description": "Messages, each behind its length in four bytes (the greatest first). The first of them is a hello.",
        "security": [{"token": []}],
        "parameters": [
            {
                "name": "wait",
                "in": "query",
                "description": "For how many seconds the answer is held open until there are news.",
                "schema": {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
            }
        ],
        "requestBody": {"required": True, "content": {MEDIA_TYPE: _bytes()}},
        "responses": {
            "200": {"description": "Messages", "content": {MEDIA_TYPE: _bytes()}},
            **_sentences(
                {
                    "400": "The body is not messages, or `wait` no such number.",
                    "401": "The token is missing, wrong, expired or revoked.",
                    "403": "A page in a browser asks.",
                    "415": "The body is of another type.",
                    "429": "Too many wrong tokens came from there.",
                    "503": "The database cannot be reached, or this hub is going away.",
                }
            ),
        },
    }


def _health() -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": _HEALTH}}}
    return {
        "summary": "Can this process do its work?",
        "responses": {
            "200": {"description": "Yes", **answer},
            "503": {"description": "No, or not for long any more", **answer},
        },
    }


def _bytes() -> dict[str, Any]:
    return {"schema": {"type": "string", "contentMediaType": MEDIA_TYPE}}


def _sentences(found: dict[str, str]) -> dict[str, Any]:
    content = {"text/plain": {"schema": {"type": "string"}}}
    return {status: {"description": text, "content": content} for status, text in found.items()}
