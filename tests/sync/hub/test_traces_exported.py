"""What a collector hears of one press: a single trace, from the key to the hub and on to what another person's window shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hubs import Hub, shell
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.settings import settings_of
from hipflask.testing import User
from telemetry.collector import Collector, attributes

CANARY = "canary: who is on first?"
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_METRIC_EXPORT_INTERVAL": "500"}


class Laptop:
    """A program with a window onto the notes, and a hub for them."""

    def __init__(self, folder: Path, port: int, token: str) -> None:
        self.app = Hipflask("notes", root_path=str(folder), instance_path=str(folder / "instance"))
        self.app.config.update(
            STORE=str(folder / "notes.sqlite"), HUB_URL=f"http://127.0.0.1:{port}", HUB_TOKEN=token
        )
        self.db = db = Store(self.app)

        class Note(db.Model):  # type: ignore[misc,name-defined]
            id: Mapped[str] = mapped_column(primary_key=True)
            text: Mapped[str]

        def write() -> None:
            Note.create(id="canary-key", text=CANARY)

        @self.app.window("/")
        def notes() -> None:
            for note in db.all(db.select(Note)):
                ui.text(note.text, key=note.id)
            ui.button("Write", on_click=write)

    def close(self) -> None:
        self.db.close()


@contextmanager
def laptop(folder: Path, port: int, url: str) -> Iterator[Laptop]:
    folder.mkdir()
    with closing(Laptop(folder, port, shell(url, "token", "issue", folder.name).strip())) as made:
        yield made


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Hears this process, where both laptops are, and whoever is told its address."""
    with Collector() as collector:
        settings = settings_of({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, **QUICK})
        assert settings is not None
        exporter = Exporter(settings, "notes")
        yield collector
        exporter.close()


def test_one_trace_from_a_press_to_another_window(
    database_url: str, tmp_path: Path, collector: Collector
) -> None:
    """Its spans are children or consequences of each other, in three programs; and no word of a note is among them."""
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, **QUICK}
    with (
        Hub(database_url, **environment) as hub,
        laptop(tmp_path / "ann", hub.port, database_url) as here,
        laptop(tmp_path / "bob", hub.port, database_url) as there,
        User(here.app).open("/") as ann,
        User(there.app, patience=30).open("/") as bob,
    ):
        until(lambda: {here.db.sync.status.state, there.db.sync.status.state} == {"synced"})
        ann.click("Write")
        bob.see(CANARY)
        trace = until(
            lambda: [span.trace_id for span in _of(collector, "event") if span.name == "click button"]
        )[0]
        spans = until(lambda: _whole(collector, trace))
        until(lambda: {"hipflask.hub_replicas", "hipflask.sync_waiting"} <= set(collector.figures()))
    assert {service(collector, span) for span in spans} == {"notes", "hubapp-hub"}
    (event,) = (span for span in spans if kind(span) == "event")
    handler = next(span for span in spans if kind(span) == "handler")
    assert event.parent_span_id == b"" and handler.parent_span_id == event.span_id
    assert attributes(handler.attributes)["code.function.name"].endswith("write")
    push, of_hub = (next(span for span in spans if kind(span) == each) for each in ("push", "hub push"))
    assert of_hub.parent_span_id == push.span_id
    written = {span.span_id for span in spans if kind(span) == "commit"}
    drawn = [span for span in spans if kind(span) == "draw"]
    assert any({link.span_id for link in span.links} & written for span in drawn)
    told = b"".join(collector.bodies)
    assert b"canary" not in told and b"on first" not in told


def _whole(collector: Collector, trace: bytes) -> list[Span] | None:
    """The spans of a trace, once there is one of each kind."""
    spans = [span for span in collector.spans if span.trace_id == trace]
    wanted = {"event", "handler", "commit", "push", "hub push", "checkpoint", "draw"}
    return spans if wanted <= {kind(span) for span in spans} and len(_sessions(spans)) == 2 else None


def _sessions(spans: list[Span]) -> set[str]:
    """In which windows something was drawn."""
    drawn = (attributes(span.attributes) for span in spans if kind(span) == "draw")
    return {each["hipflask.session"] for each in drawn}


def _of(collector: Collector, wanted: str) -> list[Span]:
    return [span for span in collector.spans if kind(span) == wanted]


def kind(span: Span) -> str:
    return str(attributes(span.attributes)["hipflask.kind"])


def service(collector: Collector, wanted: Span) -> str:
    """The program that has told of a span."""
    return next(
        str(attributes(of.resource.attributes)["service.name"])
        for each in collector.traces
        for of in each.resource_spans
        for scope in of.scope_spans
        for span in scope.spans
        if span.span_id == wanted.span_id
    )


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What is found, once it is."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return value
