"""`hipflask local` in a process of its own: requests, limits, events, reloading, and the other commands that work with queues."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHOP = """
import os, time
from hipflask import Hipflask
from flask import request, Response

app = Hipflask(__name__)
orders = app.queue("orders", dead_letter_after=1, visibility_timeout=1)
uploads = app.bucket("uploads")

@app.route("/")
def hello():
    response = Response("Who is on first")
    response.set_cookie("a", "1"); response.set_cookie("b", "2")
    return response

@app.route("/echo/<path:rest>", methods=["POST"])
def echo(rest):
    return Response(request.get_data() or rest.encode(), mimetype="application/octet-stream")

@app.route("/large")
def large():
    return "x" * (7 * 1024 * 1024)

@app.route("/slow")
def slow():
    time.sleep(3)
    return "slow"

@app.route("/fails")
def fails():
    raise ValueError("bad luck")

@app.route("/currency")
def currency():
    return os.environ.get("CURRENCY", "none")

@app.api("/order/<int:number>", methods=["POST"])
def order(number: int) -> dict:
    orders.send({"number": number})
    uploads.put(f"{number}.txt", b"order")
    return {"sent": number}

@app.on_sqs_message(orders)
def bake(number: int) -> None:
    print("baked", number, flush=True)
    if number == 13:
        raise ValueError

@app.on_s3_event(uploads)
def filed(key: str) -> None:
    print("filed", key, flush=True)

@app.on_cw_event({"source": ["aws.ec2"]})
def machine(source: str) -> None:
    print("machine", flush=True)

@app.schedule("cron(0 2 * * ? *)")
def nightly() -> None:
    print("good night", flush=True)
"""
PROJECT = """
[project]
name = "shop"
version = "1"
[tool.hipflask]
app = "shop"
[tool.hipflask.deploy]
environment = { CURRENCY = "EUR" }
secrets = { STRIPE_KEY = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf" }
[tool.hipflask.deploy.stages.prod]
environment = { CURRENCY = "USD" }
"""


class Program:
    """One command line that goes on, and what it says."""

    def __init__(self, folder: Path, *words: str, log: str = "log.txt") -> None:
        self.folder = folder
        self._log = folder / log
        self._file = self._log.open("w")
        self.process = subprocess.Popen(
            [*HIPFLASK, *words], cwd=folder, env=environment(), stdout=self._file, stderr=self._file
        )

    @property
    def said(self) -> str:
        """All of it."""
        return self._log.read_text()

    def until(self, pattern: str, seconds: float = 15.0) -> re.Match[str]:
        """Wait until it says something."""
        end = time.monotonic() + seconds
        while (found := re.search(pattern, self.said)) is None:
            assert time.monotonic() < end, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.02)
        return found

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.until(r"http://127\.0\.0\.1:(\d+)/")[1])

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, Any]:
        """Ask once: status, body, headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        result = answer.status, answer.read(), answer.headers
        connection.close()
        return result

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Tell it to end."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(15)
        self._file.close()
        return code


HIPFLASK = (sys.executable, "-m", "hipflask.cli")


def environment() -> dict[str, str]:
    """That of a person's shell."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("FLASK", "HIPFLASK"))}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command line that ends."""
    return subprocess.run(
        [*HIPFLASK, *words], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """`hipflask local` of a shop."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(SHOP)
    (folder / "pyproject.toml").write_text(PROJECT)
    program = Program(folder, "local", "--port", "0")
    yield program
    program.stop()


def test_requests_go_through_the_handler(local: Program) -> None:
    """With cookies, bytes, and addresses of any letters; each has its line."""
    status, body, headers = local.ask("GET", "/")
    assert (status, body) == (200, b"Who is on first")
    assert headers.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert local.ask("POST", "/echo/x", bytes(range(256)))[1] == bytes(range(256))
    assert local.ask("POST", "/echo/Wer%20ist%e2%80%99s%2Fb")[1] == "Wer ist’s/b".encode()
    local.until(r"(?m)^GET / 200 [0-9.]+ ms, billed \d+ ms$")


def test_head_has_no_body(local: Program) -> None:
    """And the length that the body would have."""
    status, body, headers = local.ask("HEAD", "/")
    assert (status, body, headers["content-length"]) == (200, b"", "15")


def test_lambdas_limits_hold(local: Program) -> None:
    """What is too large is refused there and back, and a sentence or the gateway's own word says so."""
    assert local.ask("POST", "/echo/x", b"x" * 5_000_000)[:2] == (
        413,
        b'{"message": "Request Entity Too Large"}',
    )
    status, body, _ = local.ask("GET", "/large")
    assert status == 502
    assert b"6,291,456" in body


def test_an_error_is_told_and_logged(local: Program) -> None:
    """To who asks, that there was one; to who runs it, which."""
    assert local.ask("GET", "/fails")[0] == 500
    local.until("ValueError: bad luck")


def test_only_this_computers_own_names(local: Program) -> None:
    """A page elsewhere that gives this address a name of its own is not answered."""
    assert local.ask("GET", "/", Host="evil.example.com")[0] == 403
    assert local.ask("GET", "/", Host=f"localhost:{local.port}")[0] == 200


def test_no_line_is_forged(local: Program) -> None:
    """An address with a line break is one line in the log."""
    assert local.ask("GET", "/a%0aGET%20/admin%20200")[0] == 404
    assert re.search(r"(?m)^GET /a\\nGET /admin 200 404 ", local.said)


def test_events_fire_beside_it(local: Program) -> None:
    """A message is worked on, a file is told of, and what fails is with the dead letters, which can be sent again."""
    local.ask("POST", "/order/13")
    local.until("baked 13")
    local.until("filed 13.txt")
    local.until(r"on_sqs_message bake [0-9.]+ ms, billed \d+ ms, 1 of 1 failed")
    end = time.monotonic() + 10
    while "orders-dead" not in (shown := run(local.folder, "queue").stdout):
        assert time.monotonic() < end, shown
    assert "orders-dead: 1 waiting\n" in shown
    dead = run(local.folder, "queue", "orders", "--dead").stdout
    assert '{"number":13}  (given up after attempt 1)' in dead
    assert run(local.folder, "queue", "orders", "--redrive").stdout == "1 message was sent once more.\n"
    local.until("(?s)baked 13.*baked 13")


def test_a_stage_has_its_environment(local: Program) -> None:
    """As pyproject.toml says; secrets stay where they are, and that is said."""
    assert local.ask("GET", "/currency")[1] == b"EUR"
    assert "Secrets are not fetched from Amazon here: STRIPE_KEY." in local.said
    assert "123456789012" not in local.said


def test_it_says_what_it_calls_and_what_not(local: Program) -> None:
    """A function that waits for Amazon's own events would otherwise be waited for."""
    local.until("Waiting for events: bake, filed, nightly.")
    local.until("Not called here, since only Amazon has their events: machine.")


def test_a_schedule_is_fired_by_hand(local: Program) -> None:
    """Through the handler, with its event."""
    fired = run(local.folder, "local", "--stage", "prod", "--fire", "nightly")
    assert fired.stdout == "good night\n"
    assert re.search(r"nightly [0-9.]+ ms, billed \d+ ms", fired.stderr)
    wrong = run(local.folder, "local", "--fire", "nigtly")
    assert (wrong.returncode, wrong.stderr.splitlines()[-1]) == (
        1,
        "Error: shop has no schedule 'nigtly'. It has: nightly.",
    )


def test_commands_for_queues_say_what_is_missing(local: Program) -> None:
    """Which queue, and what there is."""
    assert "Nothing is in the queue 'order'." in run(local.folder, "queue", "order").stderr
    assert "Say which queue" in run(local.folder, "queue", "--purge").stderr


def test_it_begins_anew_when_a_file_is_saved(tmp_path: Path) -> None:
    """Also after one that could not be loaded; Ctrl+C ends both processes."""
    (tmp_path / "shop.py").write_text(SHOP)
    program = Program(tmp_path, "--app", "shop", "local", "--port", "0", "--debug")
    assert program.ask("GET", "/")[1] == b"Who is on first"
    (tmp_path / "shop.py").write_text("(")
    program.until("SyntaxError")
    (tmp_path / "shop.py").write_text(SHOP.replace("Who is on first", "What is on second"))
    program.until(r"(?s)(http://127.*){2}")
    port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/", program.said)[-1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"What is on second"
    connection.close()
    assert program.stop(signal.SIGTERM) == 0


def test_serve_with_a_worker(tmp_path: Path) -> None:
    """`hipflask serve --worker` works for the queues; when it is told to end, what is running comes to its end first."""
    slow = SHOP.replace(
        'print("baked", number, flush=True)', 'time.sleep(1); print("baked", number, flush=True)'
    )
    (tmp_path / "shop.py").write_text(slow)
    (tmp_path / "send.py").write_text("from shop import orders; orders.send({'number': 1})")
    program = Program(tmp_path, "--app", "shop", "serve", "--port", "0", "--worker")
    program.until("Press Ctrl")
    subprocess.run([sys.executable, "send.py"], cwd=tmp_path, env=environment(), check=True)
    time.sleep(0.6)
    program.stop(signal.SIGTERM)
    assert "baked 1" in program.said
    assert run(tmp_path, "--app", "shop", "queue").stdout == "No messages wait.\n"
