"""Our spans as OpenTelemetry's, for its encoder: with our own numbers, so that one trace goes through several programs."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanLimits
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ..core.tracing import Cause, Origin
from . import conventions
from .told import Noted, Told

_FLAGS = TraceFlags(TraceFlags.SAMPLED)
_NO_STATUS = Status(StatusCode.UNSET)
_FAILED = Status(StatusCode.ERROR)  # without words: an error's message says what somebody has typed


class Translator:
    """Makes OpenTelemetry's spans of ours, within the limits that its users set by its variables."""

    def __init__(self, resource: Resource, scope: InstrumentationScope) -> None:
        self._resource = resource
        self._scope = scope
        self._limits = SpanLimits()

    def readable(self, span: Told, notes: Sequence[Noted] = ()) -> ReadableSpan:
        """One span that is over, with what was noted within it."""
        return ReadableSpan(
            name=conventions.title(span),
            context=_context(span.origin),
            parent=_context(span.parent) if span.parent else None,
            resource=self._resource,
            attributes=self._bounded(conventions.attributes(span)),
            events=[*(self._event(note) for note in notes), *self._failure(span)],
            links=[self._link(cause, cause.origin) for cause in span.causes if cause.origin],
            kind=SpanKind[conventions.side(span)],
            status=_NO_STATUS if span.error is None else _FAILED,
            start_time=span.began,
            end_time=span.ended,
            instrumentation_scope=self._scope,
        )

    def _failure(self, span: Told) -> list[Event]:
        if span.error is None:
            return []
        told = {"exception.type": conventions.type_name(span.error)}
        return [Event("exception", self._bounded(told), span.ended)]

    def _event(self, note: Noted) -> Event:
        told = {f"hipflask.{name}": conventions.plain(value) for name, value in note.facts.items()}
        title = note.kind if note.kind == note.name else f"{note.kind} {note.name}"
        return Event(title, self._bounded(told), note.at)

    def _link(self, cause: Cause, origin: Origin) -> Link:
        return Link(
            _context(origin),
            self._bounded(
                {"hipflask.cause": cause.kind, "hipflask.cause.what": conventions.plain(cause.what)}
            ),
        )

    def _bounded(self, attributes: conventions.Attributes) -> BoundedAttributes:
        limits = self._limits
        return BoundedAttributes(
            limits.max_span_attributes, attributes, max_value_len=limits.max_span_attribute_length
        )


def _context(origin: Origin) -> SpanContext:
    return SpanContext(origin.trace, origin.span, is_remote=False, trace_flags=_FLAGS)
