"""Logs as lines of JSON: whole, with their trace, and without a value."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from hipflask import Hipflask
from hipflask.core import tracing
from hipflask.core.errors import UsageError
from hipflask.telemetry import start
from hipflask.telemetry.logs import Lines, Logs

log = logging.getLogger("tests.shop")


@contextmanager
def written(*, values: bool = False) -> Iterator[list[dict[str, Any]]]:
    """The lines that are written in the block, once it is over."""
    told: list[dict[str, Any]] = []
    stream = io.StringIO()
    logs = Logs(stream, "shop", values=values)
    logs.begin()
    try:
        yield told
    finally:
        logs.end()
        told += map(json.loads, stream.getvalue().splitlines())


def test_a_line_has_the_trace_of_what_it_was_logged_in() -> None:
    with written() as told, tracing.span("request", "POST /orders") as span:
        log.warning("Out of stock: %s", "canary")
    assert span is not None
    line, over = told
    assert line["message"] == "Out of stock: %s"
    assert line["within"] == "request POST /orders"
    assert line["place"].endswith("test_logs.py:44") and not line["place"].startswith("/")
    assert (line["level"], line["logger"], line["service"]) == ("WARNING", "tests.shop", "shop")
    for each in told:
        assert each["trace_id"] == span.origin.traceparent.split("-")[1]
        assert each["span_id"] == span.origin.traceparent.split("-")[2]
    assert over["message"] == "request POST /orders" and over["seconds"] >= 0
    assert "canary" not in json.dumps(told)


def test_a_message_that_is_made_up_is_not_told() -> None:
    """Nobody can tell what of it is the code's; where it was logged is."""
    name = "canary"
    with written() as told:
        log.warning(f"Out of stock: {name}")
        log.warning("Out of stock: " + name)
        log.warning(name + "!")
        log.warning(ValueError(name))
        log.warning("%s", {"password": name}, extra={"customer": name})
    assert [line.get("message") for line in told] == [None, None, None, None, "%s"]
    assert all(line["place"] for line in told)
    assert "canary" not in json.dumps(told)


def test_an_error_is_told_by_its_class_and_places() -> None:
    """What it says of itself, it says with values."""
    with written() as told:
        try:
            raise LookupError("canary")
        except LookupError:
            log.exception("It failed")
    assert told[0]["error"] == "LookupError"
    assert told[0]["stack"][-1].endswith("test_an_error_is_told_by_its_class_and_places")
    assert "canary" not in json.dumps(told)


def test_who_wants_values_has_them() -> None:
    with written(values=True) as told:
        try:
            raise LookupError("who knows")
        except LookupError:
            log.exception("Out of stock: %s", "bat", extra={"customer": 9})
    assert told[0]["message"] == "Out of stock: bat"
    assert (told[0]["customer"], told[0]["error_message"]) == (9, "who knows")


class Mute:
    """A value whose class cannot say what it is, nor whether it equals another."""

    def __str__(self) -> str:
        raise RuntimeError("mute")

    __eq__ = None  # type: ignore[assignment]
    __hash__ = object.__hash__


def test_what_cannot_be_written_out_loses_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A record is a line, whatever is in it; logging's own words about its failure would not be JSON, and would have values in them."""
    handler = logging.StreamHandler(stream := io.StringIO())
    handler.setFormatter(Lines(values=True))
    own = logging.Logger("shop")  # apart from the handlers of the tests, which raise
    own.addHandler(handler)
    own.warning("Sold: %s", Mute())
    own.warning("Sold: %s of %s", 1)
    own.warning("Extra", extra={"who": Mute(), "count": 10**5000, "of": {Mute(): 1}})
    own.warning("Names", extra={"level": "mine", "hipflask_span": "mine"})
    try:
        raise ValueError(Mute())
    except ValueError:
        own.exception("Failed")

    told = [*map(json.loads, stream.getvalue().splitlines())]
    assert [line["message"] for line in told] == ["Sold: %s", "Sold: %s of %s", "Extra", "Names", "Failed"]
    assert (told[2]["who"], told[2]["count"], told[2]["of"]) == ("Mute", "int", {"Mute": 1})
    assert (told[3]["level"], told[3]["hipflask_span"]) == ("WARNING", "mine")
    assert told[4]["error_message"] == "<its __str__ raised RuntimeError>"
    assert capsys.readouterr().err == ""


def test_a_number_without_end_is_told_by_its_class() -> None:
    """As Python does not write it out."""
    with written() as told, tracing.span("command", "count", facts={"rows": 10**5000}):
        pass
    assert told[0]["facts"] == {"rows": "int"}


def test_one_thing_is_one_line_whatever_is_in_it() -> None:
    """Line ends, half letters, numbers without end, what holds itself, and what is no JSON at all."""
    endless: dict[str, Any] = {}
    endless["again"] = endless
    strange = {
        "text": "a\nb\ud800",
        "large": 2**100,
        "none": float("nan"),
        "endless": endless,
        "what": object(),
    }
    with written(values=True) as told:
        log.warning("x" * 100_000, extra=strange)
        with tracing.span("command", "load", facts=dict(strange)):
            pass
    assert len(told) == 2 and len(told[0]["message"]) == 2000
    assert told[1]["facts"]["what"] == told[0]["what"] == "object"


def test_what_was_asked_for_has_a_line_and_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The many things within it have none."""
    with written() as told:
        with tracing.span("handler", "save"), tracing.span("statement", "SELECT player"):
            pass
        monkeypatch.setattr("hipflask.telemetry.logs.SLOW_SECONDS", -1)
        failing = tracing.span("tool", "count")
        with tracing.span("statement", "SELECT game"), pytest.raises(ZeroDivisionError), failing:
            _ = 1 / 0
        tracing.begin("event", "click button").end()
    assert [(line["message"], line["level"]) for line in told] == [
        ("handler save", "INFO"),
        ("tool count", "ERROR"),
        ("statement SELECT game", "INFO"),
    ]


def test_every_line_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wrote to a terminal before does so again afterwards, and files are left alone."""
    other, alone = io.StringIO(), io.StringIO()
    apart = logging.getLogger("tests.apart")
    monkeypatch.setattr(apart, "propagate", False)
    mine, its_own = logging.StreamHandler(other), logging.StreamHandler(alone)
    log.addHandler(mine)
    apart.addHandler(its_own)
    try:
        with written() as told:
            log.warning("Once")
            apart.warning("Apart")
        assert [line["message"] for line in told] == ["Once", "Apart"]
        assert other.getvalue() == alone.getvalue() == ""
        log.warning("Again")
        apart.warning("Again")
        assert other.getvalue() == alone.getvalue() == "Again\n"
    finally:
        log.removeHandler(mine)
        apart.removeHandler(its_own)


def test_lines_of_many_threads_stay_whole() -> None:
    def many() -> None:
        for _ in range(100):
            with tracing.span("handler", "save"):
                log.warning("Saved")

    with written() as told:
        threads = [threading.Thread(target=many) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(told) == 1600
    for line in told:
        assert line["trace_id"]


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="'yaml'"):
        start.start("shop", {"LOG_FORMAT": "yaml"})


PROGRAM = """
from hipflask import Hipflask

app = Hipflask("shop")

@app.command("order")
def order(item: str) -> str:
    app.logger.warning("Ordered: %s", item)
    return "Done."

@app.route("/fail/<item>")
def fail(item: str) -> str:
    raise LookupError(item)

@app.command("ask")
def ask() -> None:
    app.test_client().get("/fail/canary?password=canary", headers={"Authorization": "canary"})
"""


def program(folder: Path, *words: str, **environment: str) -> list[dict[str, Any]]:
    """What a program in a process of its own has logged."""
    (folder / "shop.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "hipflask.cli", "--app", "shop", *words]
    told = run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in told.stderr.splitlines()]


def test_a_program_writes_them_if_the_environment_says_so(tmp_path: Path) -> None:
    """From its first command, with nothing else on that stream."""
    logged, over = program(tmp_path, "order", "canary", LOG_FORMAT="json")
    assert (logged["message"], over["message"]) == ("Ordered: %s", "command order")
    assert logged["trace_id"] == over["trace_id"] and logged["place"] == "shop.py:8"
    assert "canary" not in json.dumps([logged, over])


def test_an_unforeseen_error_is_told_without_values(tmp_path: Path) -> None:
    """Neither the address, nor the header, nor what the error says."""
    told = program(tmp_path, "ask", LOG_FORMAT="json")
    failed = next(line for line in told if line["message"] == "request GET /fail/<item>")
    assert (failed["level"], failed["error"], failed["facts"]["status"]) == ("ERROR", "LookupError", 500)
    assert failed["stack"][-1] == "shop.py:13 fail"
    logged = next(line for line in told if line["logger"] == "shop")
    assert logged["within"] == "request GET /fail/<item>" and logged["span_id"] == failed["span_id"]
    assert "canary" not in json.dumps(told)


def test_nothing_of_it_is_there_where_nobody_asks(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(PROGRAM)
    check = (
        "import shop, sys; shop.app.test_client().get('/'); print('hipflask.telemetry.logs' in sys.modules)"
    )
    told = run([sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_an_app_may_ask_for_them_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its configuration, from when it begins to answer until it ends."""
    app = Hipflask("shop", root_path=str(tmp_path))
    app.config["LOG_FORMAT"] = "json"
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    try:
        app.test_client().get("/canary")
        app.test_client().get("/canary")
    finally:
        start.stop()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["request GET (none)"] * 2
    assert not any(isinstance(sink, Logs) for sink in tracing.sinks)
