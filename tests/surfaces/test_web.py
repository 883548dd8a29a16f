"""The app on a real server: what is let in, what is answered, and what becomes of every odd message on the socket."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hipflask import Hipflask, ui
from hipflask.surfaces.guard import OpenGuard
from hipflask.surfaces.pages import ICONS, SOCKET, STATIC, host_of
from hipflask.surfaces.web import LONGEST_MESSAGE, Web
from hipflask.ui import assets
from served import Live, Served, Visitor, served

NODE, FIELD = "wa-button", "wa-input"


def make_app() -> Hipflask:
    app = Hipflask("hipflask_under_test")

    @app.window("/")
    def window() -> None:
        count, name, rounds = ui.state(0), ui.state(""), ui.state(0)
        ui.text(f"{count.value} {name.value} {rounds.value}")
        ui.button("More", on_click=lambda: count.update(lambda n: n + 1))
        ui.input("Name", bind=name)
        ui.slider("Rounds", bind=rounds)

    @app.route("/plain", methods=["GET", "POST"])
    def plain() -> str:
        return "just words"

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(make_app()) as server:
        yield server


@pytest.fixture
def outsider(server: Served) -> Visitor:
    return Visitor(server)


@pytest.fixture
def visitor(server: Served) -> Visitor:
    return Visitor(server).enter()


@pytest.fixture
def live(visitor: Visitor) -> Iterator[Live]:
    live = visitor.live()
    yield live
    live.socket.close()


# ── the door ──────────────────────────────────────────────────────────────────────────────────────

EVERYTHING = ["/", "/plain", "/nowhere", f"{ICONS}star.svg", "/static/x", "/_hipflask/anything"]


@pytest.mark.parametrize("path", EVERYTHING)
def test_without_the_cookie_nothing_is_answered_static_files_included(outsider: Visitor, path: str) -> None:
    files = assets.manifest()
    for each in (path, STATIC + files.js, STATIC + files.css):
        answer = outsider.get(each)
        assert answer.status == 403
        assert "only its own window may look inside" in answer.text
        assert answer.getheader("server") is None


def test_a_token_opens_the_door_and_leaves_the_address(outsider: Visitor, server: Served) -> None:
    answer = outsider.get(f"/plain?a=1&_token={server.guard.mint()}")  # type: ignore[union-attr]
    assert (answer.status, answer.getheader("location")) == (303, "/plain?a=1")
    cookie = answer.getheader("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert outsider.get("/plain", Cookie=cookie.partition(";")[0]).text == "just words"


def test_a_token_that_was_used_is_stale(outsider: Visitor, server: Served) -> None:
    path = f"/?_token={server.guard.mint()}"  # type: ignore[union-attr]
    assert outsider.get(path).status == 303
    answer = outsider.get(path)
    assert answer.status == 403
    assert "used already" in answer.text


@pytest.mark.parametrize("path", EVERYTHING)
def test_under_a_foreign_name_nothing_is_answered(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path, Host="evil.example")
    assert answer.status == 400
    assert "This server is not called &#x27;evil.example&#x27;" in answer.text


def test_a_foreign_page_posts_nothing(visitor: Visitor) -> None:
    assert visitor.get("/plain", "POST", b"").status == 200
    assert visitor.get("/plain", "POST", b"", Origin=f"http://{visitor.served.host}").status == 200
    for origin in ("http://evil.example", "null", "http://["):
        assert visitor.get("/plain", "POST", b"", Origin=origin).status == 403


def test_markup_in_what_is_refused_stays_text(visitor: Visitor) -> None:
    answer = visitor.get("/", "POST", b"", Origin="<script>alert(1)</script>")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "how",
    [
        {"Cookie": ""},
        {"Cookie": "hipflask-1=x"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"Host": "evil.example"},
        {"path": "/"},
        {"path": "/_hipflask/live2"},
        {"path": SOCKET + "/"},
    ],
    ids=str,
)
def test_the_socket_opens_for_nobody_else(visitor: Visitor, how: dict[str, str]) -> None:
    visitor.headers |= {name: value for name, value in how.items() if name == "Cookie"}
    more = {name: value for name, value in how.items() if name in ("origin", "path", "Host")}
    with pytest.raises((InvalidStatus, ConnectionClosed)) as refusal:
        visitor.socket(**more).recv(timeout=5)
    assert getattr(refusal.value, "response", None) is None or refusal.value.response.status_code in (
        400,
        403,
    )


def test_the_socket_takes_no_token_for_the_cookie(outsider: Visitor, server: Served) -> None:
    with pytest.raises(InvalidStatus):
        outsider.socket(f"{SOCKET}?_token={server.guard.mint()}")  # type: ignore[union-attr]


def test_the_cookie_alone_opens_no_session(visitor: Visitor, live: Live) -> None:
    """Another program of this machine may have got hold of the cookie; the page's own number is known to the page alone."""
    for session in ("", "x", live.page["session"][:-1], live.page["session"].upper()):
        socket = visitor.socket()
        socket.send(json.dumps(["hello", session, 1]))
        assert json.loads(socket.recv(timeout=20)) == ["gone"]
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=20)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def test_built_files_and_icons_are_ours_to_send(visitor: Visitor) -> None:
    files = assets.manifest()
    for name, kind in ((files.js, "text/javascript"), (files.css, "text/css")):
        answer = visitor.get(STATIC + name)
        assert answer.status == 200
        assert answer.getheader("content-type").startswith(kind)
        assert answer.getheader("x-content-type-options") == "nosniff"
        assert "immutable" in answer.getheader("cache-control")
        assert answer.text == (assets.STATIC / name).read_text()
    star = visitor.get(f"{ICONS}star.svg")
    assert star.getheader("content-type").startswith("image/svg+xml")
    assert star.text.startswith("<svg ")


@pytest.mark.parametrize(
    "path",
    [
        f"{STATIC}nowhere.js", f"{STATIC}../live.py", f"{STATIC}..%2flive.py", f"{STATIC}%2e%2e/live.py", STATIC,
        f"{ICONS}nowhere.svg", f"{ICONS}../x.svg", f"{ICONS}star", "/_hipflask/", f"{STATIC}/etc/passwd",
    ],
)  # fmt: skip
def test_no_other_file_is_sent(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404


def _answer_to(path: str, client: str, encoding: str) -> tuple[dict[bytes, bytes], bytes]:
    """What the ASGI app sends to somebody at that address."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"x"), (b"accept-encoding", encoding.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "client": (client, 1)}
    app = make_app()
    asyncio.run(Web(app, host_of(app), OpenGuard())(scope, None, send))  # type: ignore[arg-type]
    return dict(sent[0]["headers"]), sent[1]["body"]


def test_files_are_compressed_for_whoever_is_further_away() -> None:
    path = STATIC + assets.manifest().css
    content = (assets.STATIC / assets.manifest().css).read_bytes()
    headers, body = _answer_to(path, "192.0.2.1", "gzip, br")
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == content
    for client, encoding in (("127.0.0.1", "gzip"), ("192.0.2.1", "br")):
        headers, body = _answer_to(path, client, encoding)
        assert b"content-encoding" not in headers
        assert body == content


# ── the socket ────────────────────────────────────────────────────────────────────────────────────


def test_a_press_travels_there_and_back(live: Live) -> None:
    assert live.hear() == ["welcome", 0]
    live.event(live.find(NODE), "click")
    assert live.hear() == ["frame", 2, 1, [["set", live.find("p"), {"text": "1  0"}]]]


NONSENSE: list[str | bytes] = [
    "", " ", "null", "0", '"hello"', "{}", "[]", "[[]]", '["nope"]', '["hello"]', '["frame",2,0,[]]', '["gone"]',
    '["event"]', '["event",1]', '["event",1,2,"click",null,5]', '["event","1",2,"click",null]', '["event",1.5,2,"click",null]',
    '["event",true,2,"click",null]', '["event",null,2,"click",null]', '["event",1,[2],"click",null]', '["event",1,2,5,null]',
    '["event",1,2,"input",NaN]', '["event",1,2,"input",Infinity]', '["event",1,2,"input",1e999]', '["ack",1e400]', '["ack"]',
    '["ack","1"]', '["ack",99]', '["event",7,2,"click",null]', '["resync",5]', '["resync"]', '["event",1,2,"click",null',
    '["event",1,2,"click",null]]', "[" * 100_000, '["event",1,2,"input",' + "[" * 50_000 + "]" * 50_000 + "]",
    '["event",1,2,"input",' + "9" * 5000 + "]", b"\xff\xfe", b"\x00\x01\x02", b'["ack",1]\xff', "\x00", "<html>",
    '["event",1,2,"input","\\ud83d"', '["event",1,2,"\\ud83d",NaN]', '["ev\\ud83dent",1,2,"input",5]', '"\\uD83D"',
]  # fmt: skip


@pytest.mark.parametrize("message", NONSENSE, ids=lambda message: repr(message)[:40])
def test_nonsense_is_refused_with_a_reason_and_the_session_lives_on(
    live: Live, visitor: Visitor, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert live.hear() == ["welcome", 0]
    live.socket.send(message)
    kind, reason = live.hear()
    assert kind == "refused"
    assert reason
    with pytest.raises(ConnectionClosed) as closed:
        live.socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    again = Live(visitor, live.page)
    assert again.hear() == ["welcome", 0]
    again.event(live.find(NODE), "click")
    assert again.hear()[3] == [["set", live.find("p"), {"text": "1  0"}]]
    again.socket.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_hello_is_said_first_and_once(visitor: Visitor, live: Live) -> None:
    socket = visitor.socket()
    socket.send('["ack",1]')
    assert json.loads(socket.recv(timeout=20)) == ["refused", "the first message must be hello"]
    assert live.hear() == ["welcome", 0]
    live.say("hello", live.page["session"], 1)
    assert live.hear() == ["refused", "hello was said already"]


def test_a_message_that_is_too_long_ends_the_connection_and_nothing_else(
    live: Live, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    assert live.hear() == ["welcome", 0]
    with pytest.raises(ConnectionClosed) as closed:
        live.event(live.find(FIELD), "input", "x" * LONGEST_MESSAGE)
        live.socket.recv(timeout=20)
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    again = Live(visitor, live.page)
    assert again.hear() == ["welcome", 0]
    again.event(live.find(FIELD), "input", "x" * (LONGEST_MESSAGE - 100))
    assert len(again.hear()[3][0][2]["text"]) > LONGEST_MESSAGE - 200
    again.socket.close()
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    # The client's library may be cut off in the middle of sending, and complains.
    assert [record for record in errors if record.name != "websockets.client"] == []


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (FIELD, None), (FIELD, 5), (FIELD, ["x"]), ("wa-slider", "5"), ("wa-slider", 10**400), ("wa-slider", -1),
        ("wa-slider", 1e308), ("wa-slider", None), ("wa-slider", True), (NODE, {"not": "asked"}),
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_a_value_that_does_not_fit_changes_nothing_and_the_connection_stays(
    live: Live, tag: str, value: Any
) -> None:
    assert live.hear() == ["welcome", 0]
    live.event(live.find(tag), "input", value)
    live.event(live.find(NODE), "click")
    assert live.hear() == ["frame", 2, 2, [["set", live.find("p"), {"text": "1  0"}]]]


def test_half_a_surrogate_pair_is_a_text_like_any_other(live: Live) -> None:
    """Deleting half of a character leaves it in the field for a moment; nobody must lose their window for it."""
    assert live.hear() == ["welcome", 0]
    live.socket.send(f'["event",1,{live.find(FIELD)},"input","half \\ud83d"]')
    [[_, _, props]] = live.hear()[3]
    assert props == {"text": "0 half � 0"}


def test_a_screen_that_asks_for_everything_again_and_again_gets_it_once(live: Live) -> None:
    assert live.hear() == ["welcome", 0]
    for _ in range(200):
        live.say("resync", "x" * 1000)
    assert live.hear()[:2] == ["reset", 2]
    live.say("ack", 2)
    live.event(live.find(NODE), "click")
    assert live.hear()[0] == "frame"


def test_a_socket_without_a_word_is_closed_after_a_while(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hipflask.surfaces.web.HELLO_SECONDS", 0.1)
    socket = visitor.socket()
    assert json.loads(socket.recv(timeout=20))[0] == "refused"
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=20)


# ── a server for all ──────────────────────────────────────────────────────────────────────────────


def test_a_public_server_needs_no_token_and_still_talks_to_no_foreign_page() -> None:
    with served(make_app(), public=True) as server:
        visitor = Visitor(server)
        assert visitor.get("/plain", Host="players.example").text == "just words"
        assert visitor.get("/plain", "POST", b"", Origin="http://evil.example").status == 403
        live = visitor.live()
        assert live.hear() == ["welcome", 0]
        with pytest.raises(InvalidStatus):
            visitor.socket(origin="http://evil.example")
        live.socket.close()


def test_a_server_that_stops_says_goodbye_and_leaves_no_thread() -> None:
    import threading

    before = {thread.name for thread in threading.enumerate()}
    with served(make_app()) as server:
        live = Visitor(server).enter().live()
        assert live.hear() == ["welcome", 0]
        live.event(live.find(NODE), "click")
        live.paint()
    with pytest.raises(ConnectionClosed):
        while True:
            live.socket.recv(timeout=20)
    for thread in threading.enumerate():
        if thread.name.startswith("hipflask") and thread.name not in before:
            thread.join(10)
            assert not thread.is_alive(), thread.name
