"""`/mcp` over HTTP: who is let in, what a request has to say, sessions, streams, and the end of a stream."""

from __future__ import annotations

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from ballpark import envelope, make_app, with_store
from flask.testing import FlaskClient

from hipflask import Hipflask
from hipflask.surfaces.doors import SERVE_TOKEN, doors_of
from hipflask.surfaces.guard import Guard, OpenGuard
from hipflask.surfaces.mcp import sessions
from hipflask.surfaces.mcp.access import assistants_token, token_of
from hipflask.surfaces.mcp.wire import HANDSHAKE, LONGEST_MESSAGE, STATELESS
from served import Served, Visitor, served

JSON = "application/json"
BOTH = f"{JSON}, text/event-stream"


@pytest.fixture
def park() -> Hipflask:
    """An app as it is deployed: neither in debug nor in tests."""
    return make_app()


@pytest.fixture
def client(park: Hipflask) -> FlaskClient:
    park.config["MCP_PUBLIC"] = True
    return park.test_client()


def post(client: FlaskClient, message: Any, **headers: str) -> Any:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    given = {
        "Content-Type": JSON,
        "Accept": BOTH,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return client.post("/mcp", data=body, headers={name: value for name, value in given.items() if value})


def request(method: str, params: dict[str, Any] | None = None, id: int = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}


def stateless(method: str, params: dict[str, Any] | None = None, **meta: Any) -> dict[str, Any]:
    return request(method, {**(params or {}), "_meta": envelope(**meta)})


def spoken(message: dict[str, Any], name: str | None = None) -> dict[str, str]:
    """The headers of a stateless request."""
    headers = {"MCP-Protocol-Version": STATELESS[0], "Mcp-Method": message["method"]}
    return headers | ({"Mcp-Name": name} if name else {})


CALL = stateless("tools/call", {"name": "who_is_on", "arguments": {"base": "first"}})
INITIALIZE = request("initialize", {"protocolVersion": HANDSHAKE[0], "capabilities": {}, "clientInfo": {}})


# ── who is let in ─────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_let_in_until_the_app_says_who(park: Hipflask) -> None:
    """A tool that was written for the desk is not in the world because the app is on the web."""
    client = park.test_client()
    for message in (INITIALIZE, CALL):
        answer = post(client, message, **spoken(CALL, "who_is_on"))
        assert answer.status_code == 401
        assert "lets no assistant in yet" in answer.json["error"]["message"]
    assert client.delete("/mcp").status_code == 401
    assert client.get("/mcp").status_code == 401


@pytest.mark.parametrize("mode", ["debug", "testing"])
def test_who_writes_the_app_may_try_it(park: Hipflask, mode: str) -> None:
    park.config[mode.upper()] = True
    assert post(park.test_client(), INITIALIZE).status_code == 200


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic right", "right", "Bearer rïght"]
)
def test_a_token_is_asked_of_the_apps_own_function(park: Hipflask, authorization: str) -> None:
    """What it does not know is refused, with where to get one."""
    park.config.update(
        MCP_VERIFY=lambda token: {"right": "lou"}.get(token),
        MCP_AUTHORIZATION_SERVERS=["https://login.example"],
    )
    answer = post(park.test_client(), INITIALIZE, Authorization=authorization)
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert 'resource_metadata="http://localhost/.well-known/oauth-protected-resource/mcp"' in challenge
    assert ("invalid_token" in challenge) == bool(authorization)
    assert post(park.test_client(), INITIALIZE, Authorization="bearer right").status_code == 200


def test_a_tool_can_ask_whose_token_it_was(park: Hipflask) -> None:
    """What the app's function has said of it is `g.assistant`."""
    park.config["MCP_VERIFY"] = lambda token: {"right": "lou"}.get(token)

    @park.tool()
    def me() -> str:
        return str(flask.g.assistant)

    call = stateless("tools/call", {"name": "me"})
    answer = post(park.test_client(), call, Authorization="Bearer right", **spoken(call, "me"))
    assert answer.json["result"]["content"][0]["text"] == "lou"


def test_where_tokens_come_from_is_said(park: Hipflask) -> None:
    """RFC 9728, at both addresses; nothing where the app does not say it."""
    client = park.test_client()
    paths = ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    park.config.update(
        MCP_AUTHORIZATION_SERVERS=["https://login.example"],
        MCP_SCOPES=["play"],
        MCP_URL="https://ball.example/",
    )
    for path in paths:
        assert client.get(path).json == {
            "resource": "https://ball.example/mcp",
            "authorization_servers": ["https://login.example"],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["play"],
        }


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_under_a_foreign_name_nobody_is_answered(client: FlaskClient, host: str) -> None:
    """DNS rebinding: a page's own name that leads to us."""
    assert post(client, INITIALIZE, Host=host).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost", "[::1]:5000", "[::1]"])
def test_this_computers_own_names_are_known(client: FlaskClient, host: str) -> None:
    assert post(client, INITIALIZE, Host=host).status_code == 200


def test_an_app_may_have_names_of_its_own(park: Hipflask, client: FlaskClient) -> None:
    park.config["TRUSTED_HOSTS"] = ["ball.example"]
    assert post(client, INITIALIZE, Host="ball.example").status_code == 200
    assert post(client, INITIALIZE, Host="evil.example").status_code in (400, 421)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:81", "file://localhost", ""]
)
def test_a_page_elsewhere_is_not_answered(client: FlaskClient, origin: str) -> None:
    """Whatever browser it is in."""
    answer = client.post("/mcp", json=INITIALIZE, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "id" in answer.json
    assert answer.json["id"] is None


def test_a_page_of_its_own_or_a_friends_is(park: Hipflask, client: FlaskClient) -> None:
    assert post(client, INITIALIZE, Origin="http://localhost").status_code == 200
    park.config["MCP_ORIGINS"] = ["https://friend.example"]
    assert post(client, INITIALIZE, Origin="https://friend.example").status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_taken(client: FlaskClient, kind: str) -> None:
    """The other types can be sent by any page without asking."""
    assert post(client, INITIALIZE, Content_Type=kind).status_code == 415


# ── behind `hipflask serve` ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    app = make_app()
    app.config[SERVE_TOKEN] = "for browsers"
    with served(app, token="for browsers", doors=doors_of(app)) as server:
        yield server


def knock(server: Served, **headers: str) -> Any:
    told = {"Content-Type": JSON, "Accept": BOTH, **headers}
    return Visitor(server).get("/mcp", "POST", json.dumps(INITIALIZE).encode(), **told)


def test_the_door_for_assistants_has_a_key_of_its_own(server: Served) -> None:
    """Neither the token for browsers nor its cookie opens it, and its token opens nothing else."""
    app: Any = server.app
    key = token_of(app)
    assert key == assistants_token("for browsers") != "for browsers"
    assert knock(server, Authorization=f"Bearer {key}").status == 200
    cookie = Visitor(server).enter().headers["Cookie"]
    for wrong in (
        {},
        {"Cookie": cookie},
        {"Authorization": "Bearer for browsers"},
        {"Authorization": f"Bearer {key}x"},
    ):
        assert knock(server, **wrong).status == 401
    visitor = Visitor(server)
    for path in ("/", "/mcp/", "//mcp", "/MCP", "/mcp/x", "/.well-known/x"):
        assert visitor.get(path, Authorization=f"Bearer {key}").status == 403, path


def test_host_and_origin_are_asked_of_assistants_too(server: Served) -> None:
    key = assistants_token("for browsers")
    assert knock(server, Authorization=f"Bearer {key}", Host="evil.example").status == 400
    assert knock(server, Authorization=f"Bearer {key}", Origin="http://evil.example").status == 403


def test_a_window_has_no_door_for_assistants() -> None:
    """`hipflask run` lets nobody in but its window; and the app would let nobody in either."""
    app = make_app()
    with served(app) as window:
        assert knock(window).status == 403
        visitor = Visitor(window).enter()
        answer = visitor.get("/mcp", "POST", json.dumps(INITIALIZE).encode(), **{"Content-Type": JSON})
        assert answer.status == 401


def test_where_anybody_may_come_assistants_need_a_token_all_the_same() -> None:
    """`hipflask serve --public` is about pages."""
    with served(make_app(), public=True) as server:
        assert isinstance(server.guard, OpenGuard)
        assert knock(server).status == 401


def test_a_door_is_a_path_to_the_letter() -> None:
    """And no socket."""
    from hipflask.surfaces.guard import Asked, Refusal

    guard = Guard.of_loopback(5000, None, frozenset({"/mcp"}))
    host = {"host": "127.0.0.1:5000"}
    assert guard.check(Asked("POST", "/mcp", "", host)) is None
    for path in ("/mcp/", "/mcp/../", "/x", "mcp", "/mcpx"):
        assert isinstance(guard.check(Asked("POST", path, "", host)), Refusal)
    assert isinstance(guard.check(Asked("GET", "/mcp", "", host, is_socket=True)), Refusal)


def test_an_app_with_a_function_of_its_own_has_no_token_to_be_told(park: Hipflask) -> None:
    park.config[SERVE_TOKEN] = "for browsers"
    park.config["MCP_VERIFY"] = lambda token: token == "right"
    assert token_of(park) is None
    key = assistants_token("for browsers")
    assert post(park.test_client(), INITIALIZE, Authorization=f"Bearer {key}").status_code == 401
    assert token_of(Hipflask("without")) is None


# ── what a request has to say ─────────────────────────────────────────────────────────────────────


def test_a_stateless_call_is_one_request(client: FlaskClient) -> None:
    answer = post(client, CALL, **spoken(CALL, "who_is_on"))
    assert (answer.status_code, answer.mimetype) == (200, JSON)
    assert answer.json["result"]["content"][0]["text"] == "Who since 2026."
    assert "Mcp-Session-Id" not in answer.headers


@pytest.mark.parametrize(
    "wrong",
    [
        {"MCP-Protocol-Version": ""},
        {"MCP-Protocol-Version": "2025-11-25"},
        {"Mcp-Method": ""},
        {"Mcp-Method": "tools/list"},
        {"Mcp-Name": ""},
        {"Mcp-Name": "broken"},
        {"Mcp-Name": "=?base64?***?="},
        {"Mcp-Name": "=?base64?/w==?="},
    ],
)
def test_headers_that_say_something_else_are_refused(client: FlaskClient, wrong: dict[str, str]) -> None:
    """Whoever stands between us has decided by them."""
    answer = post(client, CALL, **{**spoken(CALL, "who_is_on"), **wrong})
    assert answer.status_code == 400
    assert (answer.json["error"]["code"], answer.json["id"]) == (-32020, 1)


def test_a_name_may_be_written_in_base64(client: FlaskClient) -> None:
    read = stateless("resources/read", {"uri": "notes://Größe"})
    name = f"=?base64?{b64encode('notes://Größe'.encode()).decode()}?="
    assert post(client, read, **spoken(read, name)).json["result"]["contents"][0]["text"] == "the note Größe"


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        (stateless("tools/sing"), 404, -32601),
        (stateless("tools/call", {"name": "nobody"}), 400, -32602),
        (request("tools/list"), 400, -32602),
        (b"{", 400, -32700),
        (b"[]", 400, -32600),
        (json.dumps([CALL]).encode(), 400, -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600),
    ],
)
def test_errors_have_a_status_too(client: FlaskClient, message: Any, status: int, code: int) -> None:
    headers = {"MCP-Protocol-Version": STATELESS[0]}
    if isinstance(message, dict):
        headers = spoken(message, message["params"].get("name"))
    answer = post(client, message, **headers)
    assert answer.json["error"]["code"] == (code if message != request("tools/list") else -32020)
    assert answer.status_code == status


def test_an_unknown_version_is_told_which_there_are(client: FlaskClient) -> None:
    answer = post(client, request("tools/list"), MCP_Protocol_Version="2030-01-01")
    assert answer.status_code == 400
    assert answer.json["error"]["data"]["supported"] == [*STATELESS, *HANDSHAKE]


def test_a_huge_message_is_not_read(client: FlaskClient) -> None:
    """Neither one that says how long it is, nor one that does not."""
    huge = b'{"x":"' + b"x" * LONGEST_MESSAGE + b'"}'
    assert post(client, huge).status_code == 413


def test_a_get_has_nothing_to_wait_for(client: FlaskClient) -> None:
    answer = client.get("/mcp", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, DELETE")


@pytest.mark.parametrize(
    "message", [{"jsonrpc": "2.0", "method": "notifications/x"}, {"jsonrpc": "2.0", "id": 1, "result": {}}]
)
def test_what_needs_no_answer_has_none(client: FlaskClient, message: dict[str, Any]) -> None:
    answer = post(client, message)
    assert (answer.status_code, answer.data) == (202, b"")


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────


def test_a_handshake_begins_a_session_that_can_be_ended(client: FlaskClient) -> None:
    begun = post(client, INITIALIZE)
    id = begun.headers["Mcp-Session-Id"]
    assert len(id) > 40
    assert post(client, request("tools/list"), Mcp_Session_Id=id).json["result"]["tools"]
    without = post(client, request("tools/list"))
    assert (without.status_code, without.json["error"]["code"]) == (400, -32600)
    assert post(client, request("tools/list"), Mcp_Session_Id="guessed").status_code == 404
    assert client.delete("/mcp", headers={"Mcp-Session-Id": id}).status_code == 204
    assert post(client, request("tools/list"), Mcp_Session_Id=id).status_code == 404
    assert client.delete("/mcp", headers={"Mcp-Session-Id": id}).status_code == 404


def test_sessions_do_not_grow_without_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that has been silent longest begins anew."""
    monkeypatch.setattr(sessions, "MOST", 2)
    first, second, third = (post(client, INITIALIZE).headers["Mcp-Session-Id"] for _ in range(3))
    answers = [post(client, request("ping"), Mcp_Session_Id=id).status_code for id in (first, second, third)]
    assert answers == [404, 200, 200]


def test_an_app_of_several_processes_has_no_sessions(park: Hipflask, client: FlaskClient) -> None:
    """The next request may reach another one."""
    park.config["MCP_SESSIONS"] = False
    assert "Mcp-Session-Id" not in post(client, INITIALIZE).headers
    answer = post(client, request("tools/list"), MCP_Protocol_Version=HANDSHAKE[0])
    assert answer.json["result"]["tools"]


def test_a_failed_handshake_begins_nothing(client: FlaskClient) -> None:
    assert "Mcp-Session-Id" not in post(client, request("initialize")).headers


# ── streams ───────────────────────────────────────────────────────────────────────────────────────


def events(answer: Any) -> list[dict[str, Any]]:
    frames = answer.get_data(as_text=True).split("\r\n\r\n")
    return [
        json.loads(frame.partition("data: ")[2]) for frame in frames if frame.startswith("event: message")
    ]


def test_progress_makes_a_stream_of_the_answer(client: FlaskClient) -> None:
    call = stateless("tools/call", {"name": "count", "arguments": {"n": 3, "pause": 0.06}}, progressToken="t")
    answer = post(client, call, **spoken(call, "count"))
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    *told, last = events(answer)
    assert [each["params"]["progress"] for each in told] == [1, 2, 3]
    assert last["result"]["structuredContent"] == {"result": 3}


def test_a_long_call_shows_that_it_is_alive(client: FlaskClient) -> None:
    """A proxy would close a silent connection."""
    call = stateless("tools/call", {"name": "count", "arguments": {"n": 1, "pause": 0.7}})
    answer = post(client, call, **spoken(call, "count"))
    assert answer.get_data(as_text=True).startswith(":\r\n\r\n")
    assert events(answer)[-1]["result"]["structuredContent"] == {"result": 1}


def test_who_cannot_read_a_stream_waits_for_the_answer(client: FlaskClient) -> None:
    call = stateless("tools/call", {"name": "count", "arguments": {"n": 8, "pause": 0.08}}, progressToken=1)
    answer = post(client, call, Accept=JSON, **spoken(call, "count"))
    assert answer.json["result"]["structuredContent"] == {"result": 8}


def test_who_goes_away_has_called_it_off(tmp_path: Path) -> None:
    """The end of the stream is all that there is to learn it by; what was written is taken back."""
    app, db, written = with_store(tmp_path)
    app.config["MCP_PUBLIC"] = True
    arguments = {"team": "Mets", "cooperates": True, "seconds": 30}
    call = stateless("tools/call", {"name": "write_slowly", "arguments": arguments}, progressToken=1)
    with served(app, public=True) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        headers = {"Host": server.host, "Content-Type": JSON, "Accept": BOTH, **spoken(call, "write_slowly")}
        connection.request("POST", "/mcp", json.dumps(call), headers)
        answer = connection.getresponse()
        assert b"event: message" in answer.readline()
        answer.close()
        connection.close()
        write = stateless("tools/call", {"name": "write", "arguments": {"team": "Cubs"}})
        end = time.monotonic() + 15
        while (
            "Cubs" not in written() and time.monotonic() < end
        ):  # it holds the write lock until it is called off
            Visitor(server).get(
                "/mcp", "POST", json.dumps(write).encode(), **{**headers, **spoken(write, "write")}
            )
        assert written() == ["Cubs"]
    db.close()


def test_a_session_can_call_off_what_it_waits_for(tmp_path: Path) -> None:
    """In the era of the handshake a message does."""
    app, db, written = with_store(tmp_path)
    app.config["MCP_PUBLIC"] = True
    client = app.test_client()
    id = post(client, INITIALIZE).headers["Mcp-Session-Id"]
    arguments = {"team": "Mets", "cooperates": True, "seconds": 30}
    params = {"name": "write_slowly", "arguments": arguments, "_meta": {"progressToken": 1}}
    answer = client.post(
        "/mcp",
        json=request("tools/call", params, 7),
        headers={"Accept": BOTH, "Mcp-Session-Id": id},
        buffered=False,
    )
    stream = iter(answer.response)
    assert b"progress" in next(stream)
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
    assert post(app.test_client(), cancelled, Mcp_Session_Id=id).status_code == 202
    begun = time.monotonic()
    rest = b"".join(stream)
    assert time.monotonic() - begun < 10
    assert b'"id":7' not in rest
    assert written() == []
    db.close()
