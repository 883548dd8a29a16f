"""Whether an event fits a pattern of EventBridge: `{"source": ["aws.ec2"], "detail": {"state": [{"prefix": "stop"}]}}`.

Every name of the pattern has to be in the event, with one of the values that are listed. A value may be a condition: "prefix",
"suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr" or "exists"; "$or" has several patterns to choose from.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NOTHING = object()
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


def fits(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether an event fits."""
    return isinstance(event, Mapping) and all(_entry(name, wanted, event) for name, wanted in pattern.items())


def _entry(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == "$or":
        return any(fits(each, event) for each in wanted)
    found = event.get(name, _NOTHING)
    if isinstance(wanted, Mapping):
        if isinstance(found, list):  # a list of objects fits if one of them does
            return any(fits(wanted, each) for each in found)
        return fits(wanted, found if found is not _NOTHING else {})
    values = (found if found else [_NOTHING]) if isinstance(found, list) else [found]
    return any(_value(each, value) for each in wanted for value in values)


def _value(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return value is not _NOTHING and _same(wanted, value)
    return all(_condition(kind, operand, value) for kind, operand in wanted.items())


def _same(wanted: Any, value: Any) -> bool:
    """Equal, as JSON has it, where 1 is not true."""
    return isinstance(wanted, bool) == isinstance(value, bool) and bool(wanted == value)


def _condition(kind: str, operand: Any, value: Any) -> bool:
    if kind == "exists":
        return (value is not _NOTHING) == bool(operand)
    check = _CONDITIONS.get(kind)
    return check is not None and value is not _NOTHING and check(operand, value)


def _folded(operand: Any) -> tuple[Any, bool]:
    """The operand of "prefix" and "suffix", and whether small and capital letters are the same there."""
    inner = operand.get("equals-ignore-case") if isinstance(operand, Mapping) else None
    return (operand, False) if inner is None else (inner, True)


def _prefix(operand: Any, value: Any) -> bool:
    text, is_folded = _folded(operand)
    return isinstance(value, str) and (
        value.lower().startswith(text.lower()) if is_folded else value.startswith(text)
    )


def _suffix(operand: Any, value: Any) -> bool:
    text, is_folded = _folded(operand)
    return isinstance(value, str) and (
        value.lower().endswith(text.lower()) if is_folded else value.endswith(text)
    )


def _ignoring_case(operand: Any, value: Any) -> bool:
    return isinstance(value, str) and value.lower() == operand.lower()


def _wildcard(operand: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = (
        re.escape(part.replace("\\*", "*").replace("\\\\", "\\")) for part in re.split(r"(?<!\\)\*", operand)
    )
    return re.fullmatch(".*".join(parts), value, re.DOTALL) is not None


def _anything_but(operand: Any, value: Any) -> bool:
    if isinstance(operand, Mapping):
        ((kind, inner),) = operand.items()
        several = inner if isinstance(inner, Sequence) and not isinstance(inner, str) else [inner]
        return not any(_condition(kind, each, value) for each in several)
    several = operand if isinstance(operand, list | tuple) else [operand]
    return not any(_same(each, value) for each in several)


def _numeric(operand: Any, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARE[sign](value, limit) for sign, limit in pairs)


def _cidr(operand: Any, value: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


_CONDITIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
}
