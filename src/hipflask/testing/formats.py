"""What a table's cells read as: what a browser that is set to English makes of them, near enough for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def text_of(value: Any, column: Mapping[str, Any]) -> str:
    """A cell's value as somebody reads it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("t") or value.get("n") or f"{value.get('b', 0):,} bytes")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "✓" if value else ""
    number = _number(value) if column["kind"] in ("integer", "float", "decimal") else None
    if number is None:
        return str(value)
    formatted = _FORMATS.get(column["format"].partition(":")[0], _plain)
    return formatted(number, column["digits"], column["format"])


def _number(value: Any) -> float | None:
    try:
        return value if isinstance(value, int | float) else float(value)
    except ValueError:
        return None


def _plain(value: float, digits: int | None, _: str) -> str:
    if digits is not None:
        return f"{value:,.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def _percent(value: float, digits: int | None, form: str) -> str:
    return _plain(value * 100, digits or 0, form) + "%"


def _signed(value: float, digits: int | None, form: str) -> str:
    return ("+" if value > 0 else "") + _plain(value, digits, form)


def _currency(value: float, digits: int | None, form: str) -> str:
    return f"{form.partition(':')[2]} {_plain(value, 2 if digits is None else digits, form)}"


def _compact(value: float, digits: int | None, form: str) -> str:
    size, unit = next(((size, unit) for size, unit in _UNITS if abs(value) >= size), (1, ""))
    return _plain(round(value / size, 1), digits, form) + unit


_FORMATS: dict[str, Callable[[float, int | None, str], str]] = {
    "percent": _percent,
    "progress": _percent,
    "signed": _signed,
    "currency": _currency,
    "compact": _compact,
}
