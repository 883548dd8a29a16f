"""Errors that nobody has caught, told to whoever writes crash reports; to nobody, where nobody does.

    address = uncaught.tell("a handler", error)

Whoever comes through such an error logs it, shows it and goes on, as it would have anyway; this is only beside that.
"""

from __future__ import annotations

from collections.abc import Callable

# What was going on (never with a value in it), and the error → the address at which its person can read about it, "" for none.
Hear = Callable[[str, BaseException], str]

hear: Hear | None = None


def tell(what: str, error: BaseException) -> str:
    """Tell of an error; never raises, and returns the address at which its person can read about it, "" for none."""
    if hear is None or not isinstance(error, Exception):  # whoever ends a program or calls work off means to
        return ""
    try:
        return hear(what, error)
    except Exception:  # the disk is full, say: the program has trouble enough
        return ""
