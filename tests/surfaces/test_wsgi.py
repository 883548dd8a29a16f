"""Flask on the ASGI server: bodies and answers of every form, and what becomes of either when somebody goes away."""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import flask
import pytest

from hipflask import Hipflask
from hipflask.surfaces.wsgi import environ
from served import Served, served

stopped = Event()
go_on = Event()


def make_app() -> Hipflask:
    app = Hipflask("hipflask_under_test")

    @app.route("/hello")
    def hello() -> str:
        return "Hello"

    @app.route("/back", methods=["POST"])
    def back() -> bytes:
        return flask.request.get_data()

    @app.route("/lines", methods=["POST"])
    def lines() -> str:
        return ",".join(str(len(line)) for line in flask.request.stream)

    @app.route("/said")
    def said() -> dict[str, str]:
        return {name: str(value) for name, value in flask.request.environ.items()}

    @app.route("/parts")
    def parts() -> flask.Response:
        return flask.Response(f"{i};" for i in range(5))

    @app.route("/slow")
    def slow() -> flask.Response:
        def words() -> Iterator[bytes]:
            yield b"first"
            go_on.wait(10)
            yield b"last"

        return flask.Response(words())

    @app.route("/endless")
    def endless() -> flask.Response:
        def words() -> Iterator[bytes]:
            try:
                while True:
                    yield b"again\n"
                    time.sleep(0.01)
            finally:
                stopped.set()

        return flask.Response(words())

    @app.route("/halves")
    def halves() -> flask.Response:
        return flask.Response(iter([b"one", b"two"]), headers={"Content-Length": "6"})

    @app.route("/whole-and-more")
    def whole_and_more() -> flask.Response:
        return flask.Response(iter([b"six by", b""]), headers={"Content-Length": "6"})

    @app.route("/empty")
    def empty() -> tuple[str, int]:
        return "", 204

    @app.route("/exits")
    def exits() -> str:
        raise SystemExit(1)

    @app.route("/falls-over-midway")
    def falls_over() -> flask.Response:
        def words() -> Iterator[bytes]:
            yield b"first"
            raise RuntimeError("midway")

        return flask.Response(words())

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(make_app(), public=True) as server:
        yield server


@pytest.fixture
def line(server: Served) -> Iterator[http.client.HTTPConnection]:
    """One connection that is kept open."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    yield connection
    connection.close()


def ask(
    line: http.client.HTTPConnection, path: str, method: str = "GET", body: Any = None, **headers: str
) -> Any:
    line.request(method, path, body, headers)
    answer = line.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    return answer


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/hello", "Hello"),
        ("/parts", "0;1;2;3;4;"),
        ("/halves", "onetwo"),
        ("/whole-and-more", "six by"),
        ("/empty", ""),
    ],
)
def test_every_form_of_answer_arrives_whole(line: http.client.HTTPConnection, path: str, text: str) -> None:
    """In one piece, in parts, with a length and without, twice on the same connection."""
    assert [ask(line, path).text for _ in range(2)] == [text, text]


def test_head_is_an_answer_without_a_body(line: http.client.HTTPConnection) -> None:
    """It still says how long the body would be."""
    answer = ask(line, "/hello", "HEAD")
    assert (answer.text, answer.getheader("content-length")) == ("", "5")
    assert ask(line, "/hello").text == "Hello"


@pytest.mark.parametrize("size", [0, 10, 100_000, 3_000_000])
def test_bodies_of_every_size_arrive_whole(line: http.client.HTTPConnection, size: int) -> None:
    """Also those that come in many pieces."""
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    line.request("POST", "/back", body)
    assert line.getresponse().read() == body


def test_a_body_of_unknown_length_is_read_to_its_end(line: http.client.HTTPConnection) -> None:
    """Chunked, as uploads from programs often are; and line by line."""
    line.request("POST", "/lines", iter([b"one\n", b"two an", b"d three\n", b"end"]), encode_chunked=True)
    assert line.getresponse().read() == b"4,14,3"


def test_a_body_that_is_too_long_is_refused_before_it_has_come() -> None:
    """MAX_CONTENT_LENGTH is Flask's to keep, so Flask is asked first."""
    app = make_app()
    app.config["MAX_CONTENT_LENGTH"] = 1000
    with served(app, public=True) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.putrequest("POST", "/back")
        connection.putheader("Content-Length", "1000000000")
        connection.endheaders(b"only the beginning")
        assert connection.getresponse().status == 413
        connection.close()


def test_the_first_part_arrives_before_the_last_is_made(line: http.client.HTTPConnection) -> None:
    """What streams is sent as it comes."""
    go_on.clear()
    line.request("GET", "/slow")
    answer = line.getresponse()
    assert answer.read(5) == b"first"
    go_on.set()
    assert answer.read() == b"last"


def test_an_endless_answer_ends_when_nobody_listens(server: Served) -> None:
    """Or its thread would be lost to the others."""
    stopped.clear()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/endless")
    answer = connection.getresponse()
    assert answer.read(6) == b"again\n"
    assert not stopped.is_set()
    answer.close()
    connection.close()
    assert stopped.wait(10)


def test_an_answer_that_fails_midway_is_cut_off(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    """It must not look as if it were complete."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/falls-over-midway")
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        connection.getresponse().read()
    connection.close()


def test_an_app_that_gives_up_takes_nobody_along(line: http.client.HTTPConnection) -> None:
    """SystemExit would end the loop, and with it every window."""
    assert ask(line, "/exits").status == 500
    assert ask(line, "/hello").text == "Hello"


def test_answers_do_not_wait_for_one_another(server: Served) -> None:
    """A route that takes its time keeps nobody else waiting."""
    go_on.clear()
    waiting = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=20) for _ in range(5)]
    for connection in waiting:
        connection.request("GET", "/slow")
    other = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    assert ask(other, "/hello").text == "Hello"
    go_on.set()
    assert [connection.getresponse().read() for connection in waiting] == [b"firstlast"] * 5
    for connection in (*waiting, other):
        connection.close()


def test_small_answers_leave_at_once(line: http.client.HTTPConnection) -> None:
    """Without TCP_NODELAY each answer after the first would wait for 40 ms."""
    ask(line, "/hello")
    began = time.monotonic()
    for _ in range(30):
        ask(line, "/hello")
    assert time.monotonic() - began < 0.9


def test_flask_is_told_what_was_asked(line: http.client.HTTPConnection) -> None:
    """The variables of PEP 3333."""
    said = ask(line, "/said?a=%C3%A4&b=1", **{"X-Base": "first"}).text
    told = flask.json.loads(said)
    wanted = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/said",
        "QUERY_STRING": "a=%C3%A4&b=1",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_X_BASE": "first",
        "wsgi.url_scheme": "http",
    }
    assert {name: told[name] for name in wanted} == wanted


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/", "query_string": b"", "headers": [],
        **more,
    }  # fmt: skip


def test_a_path_travels_as_bytes_in_letters() -> None:
    """`/ä` is two bytes in UTF-8, and WSGI wants them as two letters; what the server is mounted at is named apart."""
    told = environ(scope(path="/app/ä", root_path="/app"), io.BytesIO())
    assert (told["SCRIPT_NAME"], told["PATH_INFO"]) == ("/app", "/Ã¤")


def test_headers_become_variables() -> None:
    """Repeated ones are joined, and one that only looks like another is left out."""
    headers = [(b"accept", b"a"), (b"accept", b"b"), (b"content-type", b"text/plain"), (b"x_user", b"boss")]
    told = environ(scope(headers=headers), io.BytesIO())
    assert (told["HTTP_ACCEPT"], told["CONTENT_TYPE"]) == ("a,b", "text/plain")
    assert "HTTP_X_USER" not in told
