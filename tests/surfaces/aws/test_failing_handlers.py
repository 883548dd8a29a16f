"""What goes wrong in a function: whoever asks is told little, the log is told everything once, and Lambda's limits are named."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Response
from gateways import GATEWAYS, Context, Request, balancer, content, function_url, values

from hipflask import Hipflask, ui
from hipflask.surfaces.aws import handler
from hipflask.surfaces.aws.limits import BALANCER_BYTES, LAMBDA_BYTES


@pytest.fixture
def app() -> Hipflask:
    """An app in which much can go wrong."""
    app = Hipflask("failing", root_path="/nowhere")

    @app.get("/raise")
    def fail() -> str:
        raise ValueError("the password is s3cret")

    @app.get("/exit")
    def leave() -> str:
        sys.exit(3)

    @app.get("/half")
    def half() -> Response:
        def parts() -> Iterator[str]:
            yield "one"
            raise ValueError("no more")

        return Response(parts())

    @app.get("/bytes/<int:size>")
    def many(size: int) -> Response:
        return Response(b"\x00" * size, mimetype="image/png")

    @app.get("/text/<int:size>")
    def text(size: int) -> Response:
        return Response('"' * size, mimetype="text/plain")

    @app.get("/endless")
    def endless() -> Response:
        def parts() -> Iterator[bytes]:
            while True:
                yield b"x" * 1_000_000

        return Response(parts(), mimetype="text/plain")

    @app.get("/slow")
    def slow() -> str:
        time.sleep(0.4)
        return "done"

    return app


@pytest.mark.parametrize("path", ["/raise", "/exit", "/half"])
@pytest.mark.parametrize("is_debug", [False, True])
def test_an_error_is_in_the_log_once_and_nowhere_else(
    app: Hipflask, caplog: pytest.LogCaptureFixture, path: str, is_debug: bool
) -> None:
    """500 for who asks, without a word of it; also in debug, and where the answer had begun."""
    app.debug = is_debug
    told = handler(app)(function_url(Request(target=path)), Context())
    assert told["statusCode"] == 500 and "s3cret" not in told["body"] and "Traceback" not in told["body"]
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1 and errors[0].exc_info


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.__name__)
def test_an_answer_over_the_limit_says_which(
    app: Hipflask, caplog: pytest.LogCaptureFixture, gateway: object
) -> None:
    """AWS would say no more than "Internal Server Error"."""
    most = BALANCER_BYTES if "balancer" in str(gateway) else LAMBDA_BYTES
    for path in (f"/bytes/{most * 3 // 4}", f"/text/{most // 2}", "/endless"):
        told = handler(app)(gateway(Request(target=path)), Context())  # type: ignore[operator]
        assert told["statusCode"] == 502 and f"{most:,}" in content(told).decode(), path
        assert "a bucket" in content(told).decode()
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 3


def test_an_answer_just_below_the_limit_goes_through(app: Hipflask) -> None:
    """And is as small as was promised, with all that is around it."""
    for gateway, most in ((function_url, LAMBDA_BYTES), (balancer, BALANCER_BYTES)):
        for path in (f"/bytes/{(most - 20_000) * 3 // 4}", f"/text/{(most - 20_000) // 2}"):
            told = handler(app)(gateway(Request(target=path)), Context())
            assert told["statusCode"] == 200 and len(json.dumps(told)) < most, path


def test_a_call_that_runs_out_of_time_is_named(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """With its request, and where it stands; a quick one is not."""

    class Clock(Context):
        def __init__(self, milliseconds: int) -> None:
            super().__init__(f"request-{milliseconds}")
            self.end = time.monotonic() + milliseconds / 1000

        def get_remaining_time_in_millis(self) -> int:
            return max(int((self.end - time.monotonic()) * 1000), 0)

    answer = handler(app)
    for _ in range(5):
        answer(function_url(Request(target="/nowhere")), Clock(400))
    assert not caplog.records
    answer(function_url(Request(target="/slow")), Clock(300))
    (record,) = caplog.records
    said = record.getMessage()
    assert (
        record.levelno == logging.WARNING and "request-300" in said and "(slow)" in said and "cut off" in said
    )


def test_without_a_clock_nobody_looks(app: Hipflask) -> None:
    """As in a test, or where somebody calls the handler by hand."""
    before = threading.active_count()
    assert handler(app)(function_url(Request(target="/text/3")), None)["statusCode"] == 200
    assert threading.active_count() == before


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.__name__)
def test_a_window_says_why_it_is_not_there(gateway: object) -> None:
    """501, as a page for people and in plain words for programs; nothing is drawn for nobody."""
    app = Hipflask("windows", root_path="/nowhere")
    drawn: list[bool] = []

    @app.window("/")
    def home() -> None:
        drawn.append(True)
        ui.text("here")

    for accept in ("text/html", "*/*"):
        told = handler(app)(gateway(Request(headers=(("Accept", accept),))), Context())  # type: ignore[operator]
        assert told["statusCode"] == 501 and values(told, "content-type")[0].startswith("text/html")
        assert "hipflask serve" in content(told).decode() and "AWS Lambda" in content(told).decode()
    assert not drawn
