"""What a dashboard reads from a page of figures, and makes of two of them; also from a page that means it no good."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from math import inf, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core import tracing
from hipflask.core.errors import UsageError
from hipflask.devtools.dashboard import asking
from hipflask.devtools.dashboard.asking import NoAnswer, address, ask
from hipflask.devtools.dashboard.exposition import Sample, samples
from hipflask.devtools.dashboard.figures import Count, between, reading
from hipflask.devtools.dashboard.target import Target, targets_of
from hipflask.telemetry.scraping import serving
from telemetry.collector import answering


def test_lines_are_read() -> None:
    """Names, labels with everything that is escaped in them, values; comments and times are passed over."""
    text = '# HELP a b\na 1\nb{x="1",y="say \\"hi\\"\\n\\\\o/"} 2.5e3 1700000000\nc{} +Inf\n'
    assert list(samples(text)) == [
        Sample("a", {}, 1.0),
        Sample("b", {"x": "1", "y": 'say "hi"\n\\o/'}, 2500.0),
        Sample("c", {}, inf),
    ]


@given(st.text())
def test_anything_can_be_read(text: str) -> None:
    """Whatever answers is no reason to stumble."""
    reading(samples(text))
    reading(
        samples("".join(f'hipflask_duration_seconds_bucket{{kind="{text}",le="{text}"}} 1\n' for _ in "ab"))
    )


def test_a_page_without_end_has_one() -> None:
    """No target makes a dashboard remember more than it can show."""
    lines = "".join(
        f'hipflask_duration_seconds_count{{kind="handler",name="n{n}"}} 1\n' for n in range(60_000)
    )
    gauges = "".join(f"gauge_{n} 1\n" for n in range(5_000))
    assert len(reading(samples(lines)).counts) == 2_000
    assert len(reading(samples(gauges)).gauges) == 500


def test_durations_are_told_from_buckets() -> None:
    """Half and nineteen twentieths, by what lies between the bounds; beyond the last, the last is said."""
    count = Count(100, 1.0, 0, 0, {0.01: 50, 0.1: 90, 1.0: 100, inf: 100})
    assert count.quantile(0.5) == pytest.approx(0.01)
    assert count.quantile(0.95) == pytest.approx(0.55)
    assert Count(4, 1.0, 0, 0, {0.01: 0, inf: 4}).quantile(0.5) == 0.01
    assert isnan(Count().quantile(0.5))


def page(count: int, errors: int = 0) -> str:
    labels = 'kind="handler",name="save"'
    return (
        f'hipflask_duration_seconds_bucket{{{labels},le="0.1"}} {count}\n'
        f'hipflask_duration_seconds_bucket{{{labels},le="+Inf"}} {count}\n'
        f"hipflask_duration_seconds_count{{{labels}}} {count}\n"
        f"hipflask_duration_seconds_sum{{{labels}}} {count / 100}\n"
        f'hipflask_errors_total{{{labels},type="ValueError"}} {errors}\n'
        f'hipflask_errors_total{{{labels},type="KeyError"}} {errors}\n'
    )


def test_two_readings_say_what_happened_between() -> None:
    """So many a second, and so many errors of any type."""
    interval = between(reading(samples(page(100, 1))), reading(samples(page(140, 3))), 10.0)
    of = interval.of(("handler",))
    assert interval.rate(of.count) == 4.0
    assert interval.rate(of.errors) == 0.4
    assert of.seconds == pytest.approx(0.4)


def test_a_program_that_began_anew_counts_from_nothing() -> None:
    """There are no negative figures."""
    interval = between(reading(samples(page(100))), reading(samples(page(7))), 1.0)
    assert interval.of(("handler",)).count == 7


def test_a_target_is_asked_as_it_is() -> None:
    """The page that a program of ours serves is understood."""
    with serving("0") as url:
        target = Target(f"shop={url}")
        target.ask()
        for _ in range(3):
            with tracing.span("handler", "save"):
                pass
        target.ask()
        assert target.name == "shop" and target.has_answered
        assert target.interval is not None
        assert target.interval.of(("handler",)).count == 3


@pytest.mark.parametrize(
    "given_", ["9100", "127.0.0.1:9100", "http://127.0.0.1:9100", "http://127.0.0.1:9100/metrics"]
)
def test_a_target_can_be_named_in_several_ways(given_: str) -> None:
    assert address(given_).geturl() == "http://127.0.0.1:9100/metrics"


@pytest.mark.parametrize("given_", ["", "ftp://x", "http://", "a b", "http://x:99999", "javascript:alert(1)"])
def test_what_is_no_target_is_refused(given_: str) -> None:
    with pytest.raises(UsageError, match="such as http"):
        address(given_)


def test_targets_of_one_name_are_told_apart() -> None:
    assert [target.name for target in targets_of(("9100", "9100", "http://lou:secret@h/metrics"))] == [
        "127.0.0.1:9100",
        "127.0.0.1:9100 (2)",
        "h",
    ]


def no_web_server(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-nobody\r\n" * 3)


def an_endless_page(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"a 1\n" * 20_000)


def a_redirect(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")


def a_drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"#")
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (no_web_server, "no web server"),
        (an_endless_page, "longer than"),
        (a_redirect, "answers 302"),
        (lambda connection: time.sleep(3), "no answer within"),
    ],
    ids=["no web server", "an endless page", "a redirect", "silence"],
)
def test_a_target_that_is_none_is_said_to_be(
    answer: Callable[[socket.socket], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a few words, and soon."""
    monkeypatch.setattr(asking, "SECONDS", 1.0)
    with answering(answer) as url, pytest.raises(NoAnswer, match=words):
        ask(address(url))


def test_a_page_that_drips_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """However lively it is."""
    monkeypatch.setattr(asking, "SECONDS", 0.5)
    before = time.monotonic()
    with answering(a_drip) as url, pytest.raises(NoAnswer, match="no answer within"):
        ask(address(url))
    assert time.monotonic() - before < 3
