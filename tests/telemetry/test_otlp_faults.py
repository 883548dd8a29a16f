"""A collector that is gone, slow or hostile: the app goes on as if there were none, and ends when it is told to."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hipflask.core import tracing
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.settings import settings_of
from telemetry.collector import Collector, answering

SECRET = "s3cret-of-the-collector"
HEAD = b"HTTP/1.1 200 OK\r\n"


def started(url: str, **environment: str) -> Exporter:
    quick = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_BSP_SCHEDULE_DELAY": "20",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "0.5",
    }
    settings = settings_of({}, quick | environment)
    assert settings is not None
    return Exporter(settings, "shop")


def tell(count: int) -> float:
    """Tell of many spans; returns the longest that one of them took."""
    longest = 0.0
    for number in range(count):
        before = time.perf_counter()
        with tracing.span("handler", f"save{number}"):
            pass
        longest = max(longest, time.perf_counter() - before)
    return longest


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def never_answers(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def reads_nothing(connection: socket.socket) -> None:
    time.sleep(5)


def drips(connection: socket.socket) -> None:
    """A byte now and then, for as long as anybody listens: no single wait is ever too long."""
    while True:
        connection.sendall(b"H" if not connection.send(b"") else b"")
        time.sleep(0.02)


def drips_headers(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"X-Endless: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


def asks_to_go_on_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.001)


def answers_ten_megabytes(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Content-Length: 10485760\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def answers_for_ever(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"4\r\nxxxx\r\n")


def answers_garbage(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\xff\x00 no such protocol\r\n\r\n" * 100)


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hangs_up(connection: socket.socket) -> None:
    connection.recv(1)


HOSTILE = [
    never_answers,
    reads_nothing,
    drips,
    drips_headers,
    asks_to_go_on_for_ever,
    answers_ten_megabytes,
    answers_for_ever,
    answers_garbage,
    resets,
    hangs_up,
]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: answer.__name__)
def test_a_hostile_collector_costs_nothing(answer: Callable[[socket.socket], None]) -> None:
    """Telling never waits for it, the queue has its bound, and the end comes within two seconds."""
    with answering(answer) as url:
        exporter = started(url, OTEL_BSP_MAX_QUEUE_SIZE="300", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="100")
        until = time.monotonic() + 0.4
        told = 0
        while time.monotonic() < until:
            tell(100)
            told += 100
        assert len(exporter._over) <= 300
        assert exporter.dropped > 0 or answer in (answers_ten_megabytes, answers_for_ever)
        before = time.monotonic()
        exporter.close()
        assert time.monotonic() - before < 2.0
    assert told > 300


@pytest.mark.parametrize(
    "answer", [drips, drips_headers, asks_to_go_on_for_ever], ids=lambda answer: answer.__name__
)
def test_each_message_has_an_end(answer: Callable[[socket.socket], None]) -> None:
    """However lively the answer: after its deadline, the next attempt is made at another connection."""
    connections: list[socket.socket] = []

    def counted(connection: socket.socket) -> None:
        connections.append(connection)
        answer(connection)

    with answering(counted) as url:
        exporter = started(url)
        until = time.monotonic() + 10
        while len(connections) < 2 and time.monotonic() < until:
            tell(1)
            time.sleep(0.05)
        exporter.close(0.1)
    assert len(connections) >= 2


def test_what_was_told_meanwhile_comes_later(caplog: pytest.LogCaptureFixture) -> None:
    """A collector that is restarted gets the newest of what it has missed, and the trouble is said once."""
    with Collector() as collector, caplog.at_level(logging.INFO, "hipflask.telemetry"):
        collector.status = 503
        exporter = started(collector.url, OTEL_BSP_MAX_QUEUE_SIZE="50", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="10")
        tell(200)
        collector.wait(lambda _: len(collector.paths) >= 2)
        collector.status = 200
        collector.named("handler save199")
        assert not any(span.name == "handler save100" for span in collector.spans)
        assert exporter.dropped >= 140
        exporter.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_redirect_is_not_followed(caplog: pytest.LogCaptureFixture) -> None:
    """The headers have a key in them, which is for one address alone."""
    with Collector() as elsewhere, Collector() as collector:
        collector.status = 307
        collector.answer_headers = {"Location": elsewhere.url + "/v1/traces"}
        exporter = started(collector.url, OTEL_EXPORTER_OTLP_HEADERS=f"api-key={SECRET}")
        tell(1)
        collector.wait(lambda _: collector.paths)
        exporter.close()
        assert collector.headers[0]["api-key"] == SECRET
        assert elsewhere.paths == []
    assert "redirect" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 500])
def test_what_is_refused_is_not_sent_again(status: int) -> None:
    """A message that is refused for good makes room for the next."""
    with Collector() as collector:
        collector.status = status
        exporter = started(collector.url)
        tell(1)
        collector.wait(lambda _: len(collector.paths) == 1)
        collector.status = 200
        with tracing.span("handler", "later"):
            pass
        collector.named("handler later")
        exporter.close()
        assert [span.name for span in collector.spans] == ["handler later"]


@pytest.mark.parametrize("wish", ["nobody", "garbage", "refusal"])
def test_no_secret_of_the_endpoint_is_in_a_log(wish: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither user, password, path, query nor header, whatever goes wrong."""
    with answering(answers_garbage) as garbage, Collector() as refusing, caplog.at_level(logging.DEBUG):
        refusing.status = 403
        place = {"nobody": nobody(), "garbage": garbage, "refusal": refusing.url}[wish]
        url = place.replace("http://", f"http://lou:{SECRET}@") + f"/{SECRET}?key={SECRET}"
        exporter = started(
            "", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=url, OTEL_EXPORTER_OTLP_HEADERS=f"api-key={SECRET}"
        )
        tell(1)
        until = time.monotonic() + 10
        while not caplog.records and time.monotonic() < until:
            time.sleep(0.01)
        exporter.close()
        if wish == "refusal":
            assert refusing.headers[0]["authorization"].startswith("Basic ")
    assert place.partition("//")[2] in caplog.text
    assert SECRET not in caplog.text
    assert "no such protocol" not in caplog.text  # nor what the other side says
    assert SECRET not in repr(exporter._settings)
    assert "lou" not in caplog.text


PROGRAM = """
import os, sys, time
from hipflask.core import tracing
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.settings import settings_of

exporter = Exporter(settings_of({}, os.environ), "shop")
with tracing.span("handler", "first"):
    pass
time.sleep(float(os.environ.get("PAUSE", "0")))
"""


def ran(program: str, **environment: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return time.monotonic() - before, done


def test_a_short_program_sends_what_it_has_told() -> None:
    """It ends at once, and its only span is there."""
    with Collector() as collector:
        ran(PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        assert [span.name for span in collector.spans] == ["handler first"]


@pytest.mark.parametrize(
    "answer", [never_answers, drips, answers_for_ever], ids=lambda answer: answer.__name__
)
def test_a_program_ends_beside_a_slow_collector(answer: Callable[[socket.socket], None]) -> None:
    """It is kept from its end for two seconds at most, and nothing is printed at it."""
    took, _ = ran("pass\n" + PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=nobody(), PAUSE="0.3")
    with answering(answer) as url:
        longer, done = ran(PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=url, PAUSE="0.3")
    assert longer < took + 3.0
    assert "Traceback" not in done.stderr


FORKING = (
    PROGRAM
    + """
time.sleep(0.2)
child = os.fork()
for number in range(3):
    with tracing.span("handler", "child" if child == 0 else "parent"):
        pass
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
"""
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
def test_a_forked_process_tells_for_itself() -> None:
    """It sends what it does, and not what its parent had told before; no two spans have the same number."""
    with Collector() as collector:
        ran(FORKING, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_BSP_SCHEDULE_DELAY="60000")
        names = sorted(span.name for span in collector.spans)
        assert names == ["handler child"] * 3 + ["handler first"] + ["handler parent"] * 3
        assert len({span.span_id for span in collector.spans}) == 7


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And one that is not there is an error like any other."""
    exporter = started(
        nobody().replace("http:", "https:"), OTEL_EXPORTER_OTLP_CERTIFICATE=str(tmp_path / "missing.pem")
    )
    tell(1)
    until = time.monotonic() + 10
    while not caplog.records and time.monotonic() < until:
        time.sleep(0.01)
    exporter.close()
    assert "FileNotFoundError" in caplog.text
