"""A collector for tests: hears OTLP over HTTP as a real one does, and keeps what it was told; and some that are none."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SECONDS = 20.0


class Collector:
    """Listens on a port of its own while the block runs; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.answer_headers: dict[str, str] = {}
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.bodies: list[bytes] = []
        self.traces: list[ExportTraceServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Collector:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hear(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Take one message."""
        self.paths.append(path)
        self.headers.append(headers)
        if self.status != 200:
            return self.status
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        assert headers["content-type"] == "application/x-protobuf"
        self.bodies.append(body)
        if path.endswith("/traces"):
            self.traces.append(ExportTraceServiceRequest.FromString(body))
        else:
            self.metrics.append(ExportMetricsServiceRequest.FromString(body))
        return 200

    @property
    def spans(self) -> list[Span]:
        """Every span that has come, in order."""
        scopes = (
            scope for each in list(self.traces) for of in each.resource_spans for scope in of.scope_spans
        )
        return [span for scope in scopes for span in scope.spans]

    @property
    def resource(self) -> dict[str, Any]:
        return attributes(self.traces[0].resource_spans[0].resource.attributes)

    def figures(self) -> dict[str, Metric]:
        """The newest of each metric, by name."""
        scopes = (
            scope for each in list(self.metrics) for of in each.resource_metrics for scope in of.scope_metrics
        )
        return {metric.name: metric for scope in scopes for metric in scope.metrics}

    def wait(self, is_there: Callable[[Collector], object], seconds: float = SECONDS) -> None:
        """Wait until something has come."""
        until = time.monotonic() + seconds
        while not is_there(self):
            assert time.monotonic() < until, f"only {[span.name for span in self.spans]} came"
            time.sleep(0.01)

    def named(self, name: str) -> Span:
        """The span of this name, as soon as it has come."""
        self.wait(lambda _: any(span.name == name for span in self.spans))
        return next(span for span in self.spans if span.name == name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was cut off is not a failure of the test."""


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = collector.hear(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            self.send_response(status)
            for name, value in collector.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Somebody at an address of ours who is no collector: `answer` does with each connection what it wants. Gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def greet() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=guarded, args=(connection,), daemon=True)
            thread.start()
            threads.append(thread)

    def guarded(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            answer(connection)

    threading.Thread(target=greet, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def attributes(pairs: Any) -> dict[str, Any]:
    """The attributes of a span, a link, a resource."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    return getattr(value, kind) if kind else None


__all__ = ["Collector", "KeyValue", "answering", "attributes"]
