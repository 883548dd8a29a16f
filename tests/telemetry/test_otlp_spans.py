"""Spans come to a collector as OpenTelemetry knows them: whole traces, what they led to, and no word of anybody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from hipflask.core import tracing
from hipflask.core.tracing import Cause, Origin
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.settings import settings_of
from telemetry.collector import Collector, attributes


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture
def exporter(collector: Collector) -> Iterator[Exporter]:
    exporter = started(collector.url)
    yield exporter
    exporter.close()


def started(url: str, **environment: str) -> Exporter:
    quick = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    settings = settings_of({}, quick | environment)
    assert settings is not None
    return Exporter(settings, "shop")


def test_a_trace_arrives_whole(collector: Collector, exporter: Exporter) -> None:
    """A span within a span is its child, with the numbers that our own header carries."""
    with tracing.span("event", "click button", session="w1") as click, tracing.span("handler", "save"):
        pass
    assert click is not None
    parent, child = collector.named("click button"), collector.named("handler save")
    assert int.from_bytes(parent.trace_id) == click.origin.trace
    assert int.from_bytes(parent.span_id) == click.origin.span
    assert (child.trace_id, child.parent_span_id) == (parent.trace_id, parent.span_id)
    assert parent.start_time_unix_nano <= child.start_time_unix_nano
    assert child.end_time_unix_nano <= parent.end_time_unix_nano + 1_000_000
    assert attributes(child.attributes)["hipflask.session"] == "w1"
    assert collector.resource["service.name"] == "shop"


def test_a_request_speaks_the_words_of_the_conventions(collector: Collector, exporter: Exporter) -> None:
    """Route, method and status are where every collector looks for them."""
    with tracing.span("request", "GET /on/<base>") as request:
        assert request is not None
        request.end(status=404, place="lineup.py:12")
    sent = collector.named("GET /on/<base>")
    assert sent.kind == Sent.SPAN_KIND_SERVER
    told = attributes(sent.attributes)
    assert told["http.route"] == "/on/<base>"
    assert told["http.request.method"] == "GET"
    assert told["http.response.status_code"] == 404
    assert (told["code.file.path"], told["code.line.number"]) == ("lineup.py", 12)


def test_a_statement_is_a_database_s(collector: Collector, exporter: Exporter) -> None:
    """Its text is the one without literals, and its parameters stay where they are."""
    facts = {"sql": "SELECT name FROM player WHERE base = ?", "rows": 1}
    with tracing.span("statement", "SELECT player", facts=facts, values={"parameters": ("third",)}):
        pass
    sent = collector.named("SELECT player")
    told = attributes(sent.attributes)
    assert sent.kind == Sent.SPAN_KIND_CLIENT
    assert told["db.system.name"] == "sqlite"
    assert (told["db.operation.name"], told["db.collection.name"]) == ("SELECT", "player")
    assert told["db.query.text"] == "SELECT name FROM player WHERE base = ?"
    assert told["db.response.returned_rows"] == 1
    assert b"third" not in collector.bodies[0]


def test_causes_are_links(collector: Collector, exporter: Exporter) -> None:
    """A drawing says which commit led to it, also where it is in another trace."""
    commit = Origin(0xABC, 0xDEF)
    causes = [Cause("change", "player.name", commit, {"key": "lou"}), Cause("parent", "lineup")]
    with tracing.span("draw", "lineup", causes=causes):
        pass
    sent = collector.named("draw lineup")
    assert int.from_bytes(sent.trace_id) == 0xABC
    assert [int.from_bytes(link.span_id) for link in sent.links] == [0xDEF]
    assert attributes(sent.links[0].attributes)["hipflask.cause.what"] == "player.name"
    assert attributes(sent.attributes)["hipflask.causes"] == ["change player.name", "parent lineup"]
    assert b"lou" not in collector.bodies[0]


def test_an_error_is_its_type_alone(collector: Collector, exporter: Exporter) -> None:
    """What it says may be what somebody has typed; so may the lines of its traceback."""
    with pytest.raises(ValueError), tracing.span("handler", "save"):
        raise ValueError("lou@example.com")
    sent = collector.named("handler save")
    assert sent.status.code == Status.STATUS_CODE_ERROR
    assert sent.status.message == ""
    assert [event.name for event in sent.events] == ["exception"]
    assert attributes(sent.events[0].attributes) == {"exception.type": "ValueError"}
    assert attributes(sent.attributes)["error.type"] == "ValueError"
    assert b"lou@" not in collector.bodies[0]


def test_notes_are_events(collector: Collector, exporter: Exporter) -> None:
    """What was noted within a span is told with it, its facts only."""
    with tracing.span("commit", "commit"):
        tracing.note("changes", "changes", tables={"player": 2}, values={"keys": ["lou"]})
    sent = collector.named("commit")
    assert [event.name for event in sent.events] == ["changes"]
    assert attributes(sent.events[0].attributes) == {"hipflask.tables": ["player: 2"]}
    assert b"lou" not in collector.bodies[0]


def test_what_is_neither_number_nor_text_is_its_type_alone(collector: Collector, exporter: Exporter) -> None:
    """A row that got among the facts by mistake is not printed."""

    class Player:
        def __repr__(self) -> str:
            return "Player(lou@example.com)"

    facts = {"row": Player(), "rows": [Player()], "large": 2**70, "nothing": None, "both": {"a": Player()}}
    with tracing.span("handler", "save", facts=facts):
        pass
    told = attributes(collector.named("handler save").attributes)
    assert told["hipflask.row"] == "Player"
    assert told["hipflask.rows"] == ["Player"]
    assert told["hipflask.both"] == ["a: Player"]
    assert told["hipflask.large"] == str(2**70)
    assert b"lou@" not in collector.bodies[0]


def test_messages_are_compressed_if_that_is_wanted(collector: Collector) -> None:
    """And carry the headers that the collector's owner has given, from the environment or from the program."""
    exporter = started(
        collector.url,
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=s%3Dcret, team = blue",
    )
    with tracing.span("handler", "save"):
        pass
    collector.named("handler save")
    exporter.close()
    assert collector.headers[0]["content-encoding"] == "gzip"
    assert collector.headers[0]["api-key"] == "s=cret"
    assert collector.headers[0]["team"] == "blue"
    assert collector.paths[0] == "/v1/traces"


def test_a_sampler_of_traces_keeps_whole_ones(collector: Collector) -> None:
    """Each program decides by the number of the trace, so that of each trace either everything comes or nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
        patch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
        exporter = started(collector.url)
        for _ in range(200):
            with tracing.span("event", "click button"), tracing.span("handler", "save"):
                pass
        exporter.close()
    by_trace: dict[bytes, int] = {}
    for span in collector.spans:
        by_trace[span.trace_id] = by_trace.get(span.trace_id, 0) + 1
    assert set(by_trace.values()) == {2}
    assert 50 < len(by_trace) < 150


def test_nobody_pays_after_the_end(collector: Collector, exporter: Exporter) -> None:
    """A closed exporter is told of nothing any more."""
    exporter.close()
    assert exporter not in tracing.sinks
