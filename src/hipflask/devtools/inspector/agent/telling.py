"""Entries of the recorder as records: put into words, and masked, when somebody asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....core import tracing
from .. import records
from .recorder import Told
from .secret import is_secret, masked_sql, masked_text, names_a_secret
from .shorten import LONGEST, cut, shorten

_SQL = 2_000  # letters of a statement
# By these names a record says what a person was asked for, "Password", say; what they answered has the others.
_ASKED = ("label", "field", "name")


def record(told: Told, process: int) -> records.Recorded:
    """An entry as it travels."""
    base: dict[str, Any] = {
        "number": told.number,
        "process": process,
        "at": told.at / 1e9,
        "kind": told.kind,
        "name": told.name,
        "session": told.session,
        "trace": _trace(told.origin),
        "span": _span(told.origin),
        "facts": {name: _fact(value) for name, value in told.facts.items()},
        "values": values(told.values),
    }
    if told.what == "span":
        causes = [_cause(cause) for cause in told.causes]
        return records.Span(
            **base,
            parent=_span(told.parent),
            seconds=told.seconds,
            causes=causes,
            error=masked_text(told.error),
        )
    if told.what == "note":
        return records.Note(**base)
    said = {name: base["values"].pop(name, "") for name in ("message", "traceback")}
    return records.Log(
        **base, message=said["message"], traceback=said["traceback"], place=str(told.facts.get("place", ""))
    )


def running(told: Told, process: int) -> records.Running:
    """A span that goes on, as it travels."""
    return records.Running(
        process, told.at / 1e9, told.kind, told.name, told.session, _trace(told.origin), _span(told.origin), _span(told.parent)
    )  # fmt: skip


def values(given: Mapping[str, Any]) -> dict[str, str]:
    """What people typed and rows contain, as short texts; what is likely to be a secret is masked."""
    if not given:
        return {}
    sql = given.get("sql")
    asks_secret = any(is_secret(str(given[name])) for name in _ASKED if name in given)
    hides_all = asks_secret or (isinstance(sql, str) and names_a_secret(sql))
    shown = {}
    for name, value in given.items():
        if name == "sql":
            shown[name] = cut(masked_sql(str(value)), _SQL)
        elif is_secret(name) or (hides_all and name not in _ASKED):
            shown[name] = records.MASKED
        else:
            shown[name] = _text(name, value)
    return shown


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return masked_text(cut(value, 20 * LONGEST if name in ("message", "traceback") else LONGEST))
    return shorten(value)


def _cause(cause: tracing.Cause) -> records.Cause:
    return records.Cause(
        cause.kind, cause.what, _trace(cause.origin), _span(cause.origin), values(cause.values)
    )


def _fact(value: Any) -> Any:
    """A number or a text; whatever else somebody may have given is written out."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63:
        return str(value)
    return (
        value
        if value is None or isinstance(value, str | int | float | bool | dict | list)
        else shorten(value)
    )


def _trace(origin: tracing.Origin | None) -> str:
    return f"{origin.trace:032x}" if origin else ""


def _span(origin: tracing.Origin | None) -> str:
    return f"{origin.span:016x}" if origin else ""
