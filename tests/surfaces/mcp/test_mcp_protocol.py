"""What is answered to each message, in both eras, and that the official types can read all of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import mcp_types
import pytest
from ballpark import ERAS, Asker, envelope, make_app, quiet, with_store
from mcp_types import methods as official

from hipflask import Hipflask
from hipflask.surfaces.mcp.calls import Client
from hipflask.surfaces.mcp.wire import HANDSHAKE, LOG_LEVEL, STATELESS, VERSION, Message, Refused, encode

VERSIONS = {"handshake": HANDSHAKE[0], "stateless": STATELESS[0]}


@pytest.fixture(scope="module")
def park() -> Hipflask:
    return make_app()


@pytest.fixture(params=ERAS)
def asker(park: Hipflask, request: pytest.FixtureRequest) -> Iterator[Asker]:
    yield Asker(park, request.param)


@pytest.fixture
def old(park: Hipflask) -> Asker:
    return Asker(park, "handshake")


@pytest.fixture
def new(park: Hipflask) -> Asker:
    return Asker(park, "stateless")


# ── eras ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "given"), [(each, each) for each in HANDSHAKE] + [("1999-01-01", HANDSHAKE[0])]
)
def test_a_handshake_agrees_on_a_version(old: Asker, wanted: str, given: str) -> None:
    """The client's, where we know it; our newest otherwise, and the client decides."""
    result = old.result("initialize", {"protocolVersion": wanted, "capabilities": {}, "clientInfo": {}})
    assert result["protocolVersion"] == given == old.client.version
    assert result["serverInfo"]["name"] == "ballpark"
    assert set(result["capabilities"]) == {"tools", "resources", "prompts", "completions", "logging"}


def test_before_the_handshake_only_a_ping_is_answered(old: Asker) -> None:
    """A client that forgot it is told of both ways."""
    old.client = Client()
    assert old.result("ping") == {}
    assert "Begin with initialize" in old.error("tools/list")["message"]


def test_a_stateless_request_says_everything_itself(new: Asker) -> None:
    """Nothing is needed before it, and each answer says who has answered."""
    result = new.result("server/discover")
    assert result["supportedVersions"] == [*STATELESS, *HANDSHAKE]
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "ballpark"
    assert (result["resultType"], result["cacheScope"]) == ("complete", "private")


@pytest.mark.parametrize(
    ("meta", "code"),
    [
        ({VERSION: "2030-01-01"}, -32022),
        ({VERSION: "2025-11-25"}, -32022),
        ({VERSION: 3}, -32602),
        ({VERSION: None}, -32602),
        ({"io.modelcontextprotocol/clientCapabilities": None}, -32602),
        ({LOG_LEVEL: "loud"}, -32602),
        ({"progressToken": True}, -32602),
        ({"progressToken": []}, -32602),
    ],
)
def test_a_stateless_request_that_says_it_wrongly_is_refused(new: Asker, meta: Any, code: int) -> None:
    error = new.error("tools/list", meta=meta)
    assert error["code"] == code
    if code == -32022:
        assert error["data"] == {"supported": [*STATELESS, *HANDSHAKE], "requested": meta[VERSION]}


@pytest.mark.parametrize("method", ["ping", "initialize", "logging/setLevel", "resources/subscribe"])
def test_what_only_the_handshake_knew_is_gone(new: Asker, method: str) -> None:
    assert new.error(method)["code"] == -32601


def test_what_only_the_stateless_era_knows_was_not_there(old: Asker) -> None:
    assert old.error("server/discover")["code"] == -32601


def test_both_eras_go_on_beside_each_other(park: Hipflask) -> None:
    """A request that speaks for itself is answered so, whatever came before it."""
    asker = Asker(park, "handshake")
    assert "resultType" not in asker.result("tools/list")
    assert asker.result("tools/list", meta=envelope())["resultType"] == "complete"


def test_a_method_that_nobody_knows_is_refused(asker: Asker) -> None:
    assert asker.error("tools/sing")["code"] == -32601


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tools/list", {}),
        ("tools/call", {"name": "who_is_on", "arguments": {"base": "first"}}),
        ("tools/call", {"name": "who_is_on", "arguments": {"base": "ninth"}}),
        ("tools/call", {"name": "players", "arguments": {}}),
        ("tools/call", {"name": "players"}),
        ("tools/call", {"name": "picture"}),
        ("tools/call", {"name": "refused"}),
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "lineup://players/first"}),
        ("prompts/list", {}),
        ("prompts/get", {"name": "coach", "arguments": {"team": "Yankees"}}),
        (
            "completion/complete",
            {"ref": {"type": "ref/prompt", "name": "coach"}, "argument": {"name": "tone", "value": "s"}},
        ),
    ],
)
def test_the_official_types_read_every_answer(asker: Asker, method: str, params: dict[str, Any]) -> None:
    """The models of the official SDK, in the version that was asked in, find nothing wrong or missing."""
    result = asker.result(method, params)
    official.validate_server_result(method, VERSIONS[asker.era], result)
    assert official.parse_server_result(method, VERSIONS[asker.era], result) is not None


def test_the_official_types_read_who_is_here(old: Asker, new: Asker) -> None:
    handshake = old.result(
        "initialize", {"protocolVersion": HANDSHAKE[0], "capabilities": {}, "clientInfo": {}}
    )
    assert mcp_types.InitializeResult.model_validate(handshake).server_info.name == "ballpark"
    official.validate_server_result("server/discover", STATELESS[0], new.result("server/discover"))


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────


def test_tools_are_listed_in_the_order_of_the_source(asker: Asker) -> None:
    listed = asker.result("tools/list")["tools"]
    names = [each["name"] for each in listed]
    assert names[:3] == ["who_is_on", "players", "pitch"]
    first, _, pitch = listed[:3]
    assert first["title"] == "Who is on"
    assert first["description"] == "Who plays at this base?\n\nSince a year."
    assert first["annotations"] == {"readOnlyHint": True}
    assert (pitch["title"], pitch["annotations"]) == ("Throw it", {"destructiveHint": True})


def test_resources_and_templates_are_apart(asker: Asker) -> None:
    (resource,) = asker.result("resources/list")["resources"]
    assert resource == {
        "uri": "lineup://players", "name": "everybody", "title": "Everybody", "description": "All of them.",
        "mimeType": "application/json",
    }  # fmt: skip
    templates = asker.result("resources/templates/list")["resourceTemplates"]
    assert [each["uriTemplate"] for each in templates] == ["lineup://players/{base}", "notes://{+path}"]


def test_prompts_say_what_they_want(asker: Asker) -> None:
    (prompt,) = asker.result("prompts/list")["prompts"]
    assert prompt["arguments"] == [
        {"name": "team", "description": "text", "required": True},
        {"name": "tone", "description": "'kind' or 'strict'", "required": False},
    ]


@pytest.mark.parametrize("era", ERAS)
def test_a_long_list_comes_in_pages(era: str) -> None:
    """Until there is no cursor; one that we have not given is refused."""
    app = Hipflask("many")
    for number in range(250):

        def function() -> None: ...

        app.tool(f"tool{number}")(function)
    asker = Asker(app, era)
    names, cursor = [], None
    for _ in range(3):
        result = asker.result("tools/list", {"cursor": cursor} if cursor is not None else {})
        names += [each["name"] for each in result["tools"]]
        cursor = result.get("nextCursor")
    assert cursor is None
    assert names == [f"tool{number}" for number in range(250)]
    for strange in ("250", "-1", "x", "", "٣", "9" * 5000, 100, 1.5, [], True):
        assert asker.error("tools/list", {"cursor": strange})["code"] == -32602


# ── tools ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_tool_is_called_with_what_its_hints_say(asker: Asker) -> None:
    assert asker.text("who_is_on", base="first") == "Who since 2026."
    assert asker.call("players", limit=1)["structuredContent"] == {
        "result": [{"name": "Who", "base": "first"}]
    }


def test_an_unknown_tool_is_an_error_of_the_protocol(asker: Asker) -> None:
    error = asker.error("tools/call", {"name": "who_is_in", "arguments": {}})
    assert error == {"code": -32602, "message": "There is no tool 'who_is_in'. Did you mean 'who_is_on'?"}
    assert asker.error("tools/call", {})["code"] == -32602
    assert asker.error("tools/call", {"name": "players", "arguments": []})["code"] == -32602


def test_wrong_arguments_are_told_all_together(asker: Asker) -> None:
    """An assistant can correct all of them at once; a name that is not there is one of them."""
    result = asker.call("who_is_on", base="third", since="last year", sinse=1)
    assert result["isError"] is True
    assert result["content"][0]["text"].splitlines() == [
        "base: expected 'first' or 'second', got 'third'.",
        "since: expected a whole number, got 'last year'.",
        "sinse: expected no argument of that name (did you mean 'since'?), got 1.",
    ]
    assert asker.text("who_is_on", base="first", inning=9) == (
        "inning: expected no argument of that name (there is 'base' and 'since'), got 9."
    )
    assert asker.text("who_is_on") == "base: expected 'first' or 'second', got nothing."


def test_what_goes_wrong_inside_stays_inside(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the traceback, the assistant one sentence without anything of it."""
    result = asker.call("broken")
    assert result["isError"] is True
    assert result["content"] == [
        {"type": "text", "text": "The tool 'broken' failed; the program's log says why."}
    ]
    assert "4711" not in str(result)
    (record,) = [each for each in caplog.records if "broken" in each.getMessage()]
    assert record.exc_info is not None


def test_a_tool_that_would_end_the_program_ends_its_own_call(asker: Asker, park: Hipflask) -> None:
    """Somebody waits for an answer."""
    with quiet(park):
        assert asker.call("quitter")["isError"] is True


def test_half_a_letter_is_sent_as_a_question_mark(asker: Asker) -> None:
    """No UTF-8 has it, and an answer that cannot be written would never come."""
    answer = asker.answer("tools/call", {"name": "half_a_letter"})
    assert json.loads(encode(answer))["result"]["content"][0]["text"] == "half ? of it"


def test_a_reply_for_all_doors_is_its_data_here(asker: Asker) -> None:
    """Its speech is for voices."""
    assert asker.call("reply")["structuredContent"] == {"name": "Who", "base": "first"}


def test_what_is_refused_on_purpose_is_said(asker: Asker) -> None:
    """`abort(409, …)`, as on the web."""
    result = asker.call("refused")
    assert (result["isError"], result["content"][0]["text"]) == (True, "The game is over.")


def test_a_promise_that_is_not_kept_is_an_error(asker: Asker, park: Hipflask) -> None:
    with quiet(park):
        assert asker.call("liar")["isError"] is True


# ── resources, prompts, completion ────────────────────────────────────────────────────────────────


def test_a_resource_is_read_at_its_address(asker: Asker) -> None:
    def read(uri: str) -> str:
        (content,) = asker.result("resources/read", {"uri": uri})["contents"]
        assert content["uri"] == uri
        text: str = content["text"]
        return text

    assert read("lineup://players/second") == '{"name":"What","base":"second"}'
    assert read("lineup://players").startswith("[{")
    assert read("notes://a/b%20c") == "the note a/b c"


@pytest.mark.parametrize(
    "uri", ["lineup://players/third", "lineup://nobody", "notes://absent", "notes://../x", "", "\0"]
)
def test_where_there_is_nothing_that_is_said(asker: Asker, uri: str) -> None:
    """By the number that the era has for it."""
    error = asker.error("resources/read", {"uri": uri})
    assert error["code"] == (-32002 if asker.era == "handshake" else -32602)
    assert error["data"] == {"uri": uri}


def test_a_prompt_is_written(asker: Asker) -> None:
    result = asker.result("prompts/get", {"name": "coach", "arguments": {"team": "Yankees"}})
    assert result["description"] == "What a coach says."
    assert [(each["role"], each["content"]["text"]) for each in result["messages"]] == [
        ("user", "I coach Yankees."),
        ("assistant", "I will be kind."),
    ]


def test_a_prompt_without_what_it_needs_is_refused(asker: Asker) -> None:
    error = asker.error("prompts/get", {"name": "coach", "arguments": {"tone": "loud"}})
    assert error["code"] == -32602
    assert error["message"].splitlines() == [
        "team: expected text, got nothing.",
        "tone: expected 'kind' or 'strict', got 'loud'.",
    ]
    assert asker.error("prompts/get", {"name": "couch"})["message"].endswith("Did you mean 'coach'?")


def test_choices_complete_what_is_begun(asker: Asker) -> None:
    def complete(ref: dict[str, str], name: str, value: str) -> list[str]:
        result = asker.result("completion/complete", {"ref": ref, "argument": {"name": name, "value": value}})
        values: list[str] = result["completion"]["values"]
        return values

    prompt = {"type": "ref/prompt", "name": "coach"}
    assert complete(prompt, "tone", "") == ["kind", "strict"]
    assert complete(prompt, "tone", "ST") == ["strict"]
    assert complete(prompt, "team", "x") == []
    assert complete({"type": "ref/resource", "uri": "lineup://players/{base}"}, "base", "f") == ["first"]
    params = {"ref": prompt, "argument": {"name": "pitch", "value": ""}}
    assert asker.error("completion/complete", params)["code"] == -32602


# ── while it is answered ──────────────────────────────────────────────────────────────────────────


def test_progress_goes_to_whoever_asked_for_it(asker: Asker) -> None:
    """Under the token of the request; without one, nothing is told."""
    asker.call("count", n=3)
    assert asker.told == []
    asker.result("tools/call", {"name": "count", "arguments": {"n": 3}}, {"progressToken": "t"})
    assert asker.told[-1] == {
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": "t", "progress": 3, "total": 3, "message": "innings"},
    }


def test_a_flood_of_progress_is_thinned_out(asker: Asker) -> None:
    """A thousand steps in a moment are a few messages, which grow, and the last of them is the end."""
    asker.result("tools/call", {"name": "count", "arguments": {"n": 1000}}, {"progressToken": 1})
    steps = [each["params"]["progress"] for each in asker.told]
    assert len(steps) < 100
    assert steps == sorted(set(steps))
    assert steps[-1] == 1000


def test_the_log_goes_to_whoever_asked_for_it(park: Hipflask) -> None:
    """In one era by the request, in the other by `logging/setLevel`; what is less than they asked for is not told."""
    new, old = Asker(park, "stateless"), Asker(park, "handshake")
    new.result("tools/call", {"name": "chatty"})
    new.result("tools/call", {"name": "chatty"}, {LOG_LEVEL: "error"})
    old.call("chatty")
    assert new.told == old.told == []
    new.result("tools/call", {"name": "chatty"}, {LOG_LEVEL: "info"})
    old.result("logging/setLevel", {"level": "warning"})
    old.call("chatty")
    said = {"level": "warning", "logger": "ballpark", "data": "It rains."}
    for told in (new.told, old.told):
        assert [each["params"] for each in told] == [said]
    assert old.error("logging/setLevel", {"level": "loud"})["code"] == -32602


def test_tracebacks_do_not_go_to_a_client_with_the_log(park: Hipflask) -> None:
    asker = Asker(park, "stateless")
    logging.disable(logging.NOTSET)
    asker.result("tools/call", {"name": "broken"}, {LOG_LEVEL: "debug"})
    assert "4711" not in str(asker.told)


def test_two_requests_of_one_id_are_not_answered_at_a_time(asker: Asker) -> None:
    """Nobody could tell the answers apart; when the first has been answered its id is free."""
    message = asker.message("tools/call", {"name": "players"})
    first = asker.protocol.ask(message, asker.client, asker.told.append)
    with pytest.raises(Refused, match="is being answered already"):
        asker.protocol.ask(message, asker.client, asker.told.append)
    asker.protocol.answer(first)
    assert asker.protocol.answer(asker.protocol.ask(message, asker.client, asker.told.append)) is not None


# ── units of work ─────────────────────────────────────────────────────────────────────────────────


def test_rows_are_data(tmp_path: Path) -> None:
    """A model says itself what it is outside of Python; they are read before the unit of work has ended."""
    app, db, _ = with_store(tmp_path)
    asker = Asker(app, "stateless")
    asker.text("write", team="Yankees")
    (row,) = asker.call("scores")["structuredContent"]["result"]
    assert row["team"] == "Yankees"
    db.close()


def test_a_tool_that_fails_has_written_nothing(tmp_path: Path) -> None:
    """Each call is a unit of work."""
    app, db, written = with_store(tmp_path)
    asker = Asker(app, "stateless")
    assert asker.text("write", team="Yankees") == "Yankees"
    with quiet(app):
        assert asker.call("write", team="Mets", fails=True)["isError"] is True
    assert written() == ["Yankees"]
    db.close()


@pytest.mark.parametrize("cooperates", [True, False])
def test_a_call_that_is_called_off_has_written_nothing(tmp_path: Path, cooperates: bool) -> None:
    """At its next word of progress if it says any, else at its end; nobody is answered either way."""
    app, db, written = with_store(tmp_path)
    asker = Asker(app, "handshake")
    asker.text("write", team="Yankees")
    arguments = {"team": "Mets", "cooperates": cooperates, "seconds": 5.0 if cooperates else 0.3}
    call = asker.protocol.ask(
        asker.message("tools/call", {"name": "write_slowly", "arguments": arguments}, {"progressToken": 1}),
        asker.client,
        asker.told.append,
    )
    answers: list[Any] = []
    ended = Event()

    def work() -> None:
        answers.append(asker.protocol.answer(call))
        ended.set()

    Thread(target=work).start()
    assert not ended.wait(0.1)
    asker.protocol.hear(Message("notifications/cancelled", {"requestId": call.id}), asker.client)
    told = len(asker.told)
    assert ended.wait(3)
    assert answers == [None]
    assert len(asker.told) == told, "and nothing more is told of it"
    assert written() == ["Yankees"]
    db.close()


def test_what_was_called_off_before_it_was_begun_is_not_answered(asker: Asker) -> None:
    """Nor called: it may have waited for others."""
    for message in (asker.message("tools/list"), asker.message("tools/call", {"name": "chatty"})):
        call = asker.protocol.ask(message, asker.client, asker.told.append)
        asker.client.cancel(call.id)
        assert asker.protocol.answer(call) is None


@pytest.mark.parametrize("id", [99, "x", None, [], {}, True])
def test_calling_off_what_is_not_there_is_nothing(asker: Asker, id: Any) -> None:
    """It may have been answered meanwhile."""
    asker.protocol.hear(Message("notifications/cancelled", {"requestId": id}), asker.client)
    asker.protocol.hear(Message("notifications/initialized"), asker.client)
