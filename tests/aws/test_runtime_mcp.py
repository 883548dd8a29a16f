"""Assistants at a function: the official client talks to `/mcp` by way of a gateway, to a process under Amazon's runtime client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from aws.gateway import event_of, gateway
from aws.runtime_api import Runtime

HANDLER = "hipflask.surfaces.aws.entry.handler"
FOLDER = Path(__file__).parent
DOMAIN = "abcdef.lambda-url.eu-central-1.on.aws"


@pytest.fixture(scope="module")
def runtimes() -> Iterator[list[Runtime]]:
    """Two processes of one function: what one of them remembers, the other does not know."""
    variables = {"HIPFLASK_APP": "lambda_app:app", "PYTHONPATH": str(FOLDER)}
    with Runtime(HANDLER, FOLDER, variables) as one, Runtime(HANDLER, FOLDER, variables) as other:
        yield [one, other]


@pytest.fixture(scope="module")
def url(runtimes: list[Runtime]) -> Iterator[str]:
    """A gateway that gives every request to the other process than the last."""

    def invoke(event: dict[str, object]) -> object:
        runtimes.reverse()
        return runtimes[0].invoke(event, 30).json

    with gateway(invoke) as url:
        yield url


@asynccontextmanager
async def connected(url: str, mode: str) -> AsyncIterator[Client]:
    headers = {"Authorization": "Bearer the token"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{url}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


@pytest.mark.parametrize("mode", ["2026-07-28", "auto", "legacy"])
def test_an_assistant_calls_tools(url: str, mode: str) -> None:
    """In every mode of the client, though no two requests come to the same process; also a tool that tells of its progress."""

    async def visit() -> None:
        async with connected(url, mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {"who_is_on", "count"}
            said = await client.call_tool("who_is_on", {"base": "first"})
            assert said.content[0].text == "Who is on first since 2026."
            heard: list[float] = []

            async def hear(done: float, total: float | None, message: str | None) -> None:
                heard.append(done)

            counted = await client.call_tool("count", {"n": 4}, progress_callback=hear)
            assert counted.structured_content == {"result": 4}
            with anyio.fail_after(5):
                while len(heard) < 4:
                    await anyio.sleep(0.01)

    anyio.run(visit)


@pytest.mark.parametrize(
    ("host", "authorization", "status"),
    [
        (DOMAIN, "Bearer the token", 200),
        (DOMAIN, "Bearer another", 401),
        ("evil.example.com", "Bearer the token", 421),
    ],
)
def test_who_is_let_in(runtimes: list[Runtime], host: str, authorization: str, status: int) -> None:
    """Whoever has a token, under the name by which the gateway itself was asked, and no other."""
    message = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}'
    headers = [("host", host), ("authorization", authorization), ("content-type", "application/json")]
    event = event_of(
        "POST", "/mcp", [*headers, ("accept", "application/json, text/event-stream")], message, DOMAIN
    )
    assert runtimes[0].invoke(event).json["statusCode"] == status
