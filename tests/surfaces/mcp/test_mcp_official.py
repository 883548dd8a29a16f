"""The official client, in every mode that it has, over standard streams and over HTTP."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from ballpark import make_app
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import PromptReference
from scripted import command, environment, write_program

from hipflask.surfaces.doors import SERVE_TOKEN, doors_of
from hipflask.surfaces.mcp.access import assistants_token
from served import Served, served

MODES = ("legacy", "auto", "2026-07-28")
Connect = Callable[[str], AbstractAsyncContextManager[Client]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_program(tmp_path_factory.mktemp("scripted"))


@pytest.fixture(scope="module")
def park() -> Iterator[Served]:
    """The app behind a guard that asks for the token of `hipflask serve`."""
    app = make_app()
    app.config[SERVE_TOKEN] = "the token"
    with served(app, token="the token", doors=doors_of(app)) as server:
        yield server


@pytest.fixture(params=["stdio", "http"])
def connect(request: pytest.FixtureRequest, program: Path, park: Served, tmp_path: Path) -> Connect:
    return over_stdio(program, tmp_path) if request.param == "stdio" else over_http(park)


def over_stdio(program: Path, folder: Path) -> Connect:
    @asynccontextmanager
    async def connect(mode: str) -> AsyncIterator[Client]:
        first, *rest = command(program)
        server = StdioServerParameters(command=first, args=rest, env=environment())
        with (folder / "errors").open("w") as errors:
            async with Client(stdio_client(server, errlog=errors), mode=mode) as client:
                yield client

    return connect


def over_http(park: Served, token: str = assistants_token("the token")) -> Connect:
    @asynccontextmanager
    async def connect(mode: str) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
            transport = streamable_http_client(f"http://{park.host}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client

    return connect


@pytest.mark.parametrize("mode", MODES)
def test_everything_that_a_client_asks_for_is_answered(connect: Connect, mode: str) -> None:
    """Lists, calls, data, pictures, errors, progress, resources, prompts, completion: as the client understands them."""

    async def visit() -> None:
        async with connect(mode) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert tools["who_is_on"].description.startswith("Who plays at this base?")
            assert tools["who_is_on"].annotations.read_only_hint is True
            said = await client.call_tool("who_is_on", {"base": "first"})
            assert said.content[0].text == "Who since 2026."
            data = await client.call_tool("players", {"limit": 1})  # the client checks it against the schema
            assert data.structured_content == {"result": [{"name": "Who", "base": "first"}]}
            await _errors(client)
            await _progress(client)
            await _resources_and_prompts(client)

    anyio.run(visit)


async def _errors(client: Client) -> None:
    wrong = await client.call_tool("who_is_on", {"base": "ninth", "bse": 1})
    assert wrong.is_error
    assert wrong.content[0].text.startswith("base: expected 'first' or 'second', got 'ninth'.\nbse: ")
    broken = await client.call_tool("broken", {})
    assert broken.is_error
    assert "4711" not in broken.content[0].text
    with pytest.raises(MCPError) as unknown:
        await client.call_tool("who_is_in", {})
    assert unknown.value.code == -32602


async def _progress(client: Client) -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        heard.append((done, total, message))

    result = await client.call_tool("count", {"n": 3, "pause": 0.06}, progress_callback=hear)
    assert result.structured_content == {"result": 3}
    with anyio.fail_after(5):
        while len(heard) < 3:  # it calls back in tasks of its own
            await anyio.sleep(0.01)
    assert heard == [(1, 3, "innings"), (2, 3, "innings"), (3, 3, "innings")]


async def _resources_and_prompts(client: Client) -> None:
    assert [each.uri for each in (await client.list_resources()).resources] == ["lineup://players"]
    templates = (await client.list_resource_templates()).resource_templates
    assert "lineup://players/{base}" in [each.uri_template for each in templates]
    read = await client.read_resource("lineup://players/second")
    assert read.contents[0].text == '{"name":"What","base":"second"}'
    with pytest.raises(MCPError, match="There is no resource"):
        await client.read_resource("lineup://players/third")
    assert (await client.list_prompts()).prompts[0].arguments[0].name == "team"
    assert "Yankees" in (await client.get_prompt("coach", {"team": "Yankees"})).messages[0].content.text
    reference: Any = {"type": "ref/prompt", "name": "coach"}
    done = await client.complete(PromptReference(**reference), {"name": "tone", "value": "s"})
    assert done.completion.values == ["strict"]


def test_a_client_may_call_a_tool_many_times_at_once(connect: Connect) -> None:
    """Each answer finds its question."""

    async def visit() -> None:
        async with connect("auto") as client:
            answers: dict[int, str] = {}

            async def ask(year: int) -> None:
                result = await client.call_tool("who_is_on", {"base": "first", "since": year})
                answers[year] = result.content[0].text

            async with anyio.create_task_group() as group:
                for year in range(1900, 1950):
                    group.start_soon(ask, year)
            assert answers == {year: f"Who since {year}." for year in range(1900, 1950)}

    anyio.run(visit)


def test_a_client_listens_to_a_resource(program: Path, tmp_path: Path) -> None:
    """Over standard streams, by the stateless era's request that stays open."""

    async def visit() -> None:
        async with over_stdio(program, tmp_path)("2026-07-28") as client:
            uri = "scores://all/9"
            async with client.listen(resource_subscriptions=[uri]) as news:
                with anyio.fail_after(10):
                    await client.call_tool("write_slowly", {"team": "Cubs", "seconds": 0})
                    async for event in news:
                        assert event.uri == uri
                        break

    anyio.run(visit)


@pytest.mark.parametrize("mode", MODES)
def test_without_the_token_no_client_comes_in(park: Served, mode: str) -> None:
    """Nor with the token for browsers."""

    listed = []

    async def visit(token: str) -> None:
        async with over_http(park, token)(mode) as client:
            listed.append(await client.list_tools())

    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    for token in ("the token", "wrong"):
        with pytest.raises(BaseException) as refused:
            anyio.run(visit, token)
        assert listed == []
        assert not isinstance(refused.value, KeyboardInterrupt)


@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
def test_what_is_logged_for_a_client_reaches_it(park: Served) -> None:
    """In the era of the handshake by `logging/setLevel`."""
    heard: list[Any] = []

    async def hear(message: Any) -> None:
        heard.append(message.data)

    async def visit() -> None:
        headers = {"Authorization": f"Bearer {assistants_token('the token')}"}
        async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
            transport = streamable_http_client(f"http://{park.host}/mcp", http_client=http)
            async with Client(transport, mode="legacy", logging_callback=hear) as client:
                await client.session.set_logging_level("info")
                await client.call_tool("chatty", {})
                with anyio.fail_after(5):
                    while not heard:
                        await anyio.sleep(0.01)

    anyio.run(visit)
    assert heard == ["It rains."]
