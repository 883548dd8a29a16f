"""What is told of something that cannot be understood: its shape and its keys, and never a value. Values may be anybody's secret."""

from __future__ import annotations

_MOST_KEYS, _LONGEST_KEY = 12, 40


def seen(event: object) -> str:
    """What came, in words: "an object with the keys 'Records'", "a list"."""
    if not isinstance(event, dict):
        return _WORDS.get(type(event), "something")
    names = [repr(str(name)[:_LONGEST_KEY]) for name in list(event)[:_MOST_KEYS]]
    more = len(event) - len(names)
    listed = ", ".join([*names, f"and {more} more"] if more > 0 else names)
    return f"an object with the keys {listed}" if listed else "an empty object"


_WORDS = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    type(None): "null",
}
