"""The part of the exporter that knows OpenTelemetry: encodes what is told, and sends it when it is time. Used by one thread."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from ..core.tracing import Origin
from .channel import Channel
from .figures import Figure
from .metrics import Metrics
from .settings import Settings
from .spans import Translator
from .told import Noted, Told

SHORTEST_WAIT = 0.05


class Sender:
    """Sends spans that it takes from a queue, and figures at their interval."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        take: Callable[[int], list[Told]],
        take_notes: Callable[[Origin], list[Noted]],
        snapshot: Callable[[], list[Figure]],
    ) -> None:
        self._settings = settings
        self._take = take
        self._take_notes = take_notes
        resource = _resource(service)
        scope = InstrumentationScope("hipflask", version("hipflask"))
        self._translator = Translator(resource, scope)
        self._sampler = TracerProvider(
            resource=resource, shutdown_on_exit=False
        ).sampler  # OTEL_TRACES_SAMPLER
        self._traces = Channel("Traces", settings.traces) if settings.traces else None
        self._unsent: bytes | None = None  # a message that is to be sent once more
        self._figures = Channel("Figures", settings.metrics) if settings.metrics else None
        self._metrics = Metrics(resource, scope, snapshot, settings.temporality)
        self._figures_at = time.monotonic() + settings.seconds_between_figures

    @property
    def wait(self) -> float:
        """Seconds until it is time again."""
        waits = []
        if self._traces is not None:
            waits.append(max(self._traces.rest, self._settings.seconds_between))
        if self._figures is not None:
            waits.append(max(self._figures.rest, self._figures_at - time.monotonic()))
        return max(min(waits), SHORTEST_WAIT)

    def send(self, *, at_once: bool) -> None:
        """Send what is there; `at_once` also what would wait for its time, or while a target would be left to rest."""
        self._send_spans(at_once)
        self._send_figures(at_once)

    def cut(self) -> None:
        """End what is under way."""
        for channel in (self._traces, self._figures):
            if channel is not None:
                channel.cut()

    def _send_figures(self, at_once: bool) -> None:
        if self._figures is None:
            return
        if at_once or (time.monotonic() >= self._figures_at and not self._figures.rest):
            self._figures_at = time.monotonic() + self._settings.seconds_between_figures
            if self._figures.send(self._metrics.message()):
                self._metrics.taken()

    def _send_spans(self, at_once: bool) -> None:
        if self._traces is None:
            return
        while at_once or not self._traces.rest:
            message = self._unsent or self._next_spans()
            if message is None:
                return
            self._unsent = None if self._traces.send(message) else message
            if self._unsent is not None:
                return

    def _next_spans(self) -> bytes | None:
        while taken := self._take(self._settings.most_at_once):
            spans = [
                self._translator.readable(told, self._take_notes(told.origin))
                for told in taken
                if self._is_sampled(told)
            ]
            if spans:
                return bytes(encode_spans(spans).SerializeToString())
        return None

    def _is_sampled(self, told: Told) -> bool:
        """By the number of the trace, so that each program that it goes through decides alike."""
        decision = self._sampler.should_sample(None, told.origin.trace, told.name).decision
        return decision is Decision.RECORD_AND_SAMPLE


def _resource(service: str) -> Resource:
    """Who sends: the program, and this run of it; not the person, nor the computer. OTEL_RESOURCE_ATTRIBUTES adds to it."""
    # Resource.create() would start threads, which a program that is ending cannot.
    own = {
        "service.name": service,
        "service.instance.id": str(uuid.uuid4()),
        "telemetry.sdk.name": "hipflask",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": version("hipflask"),
    }
    return Resource(own).merge(OTELResourceDetector().detect())
