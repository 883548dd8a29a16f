"""Errors that nobody has caught, told to whoever writes crash reports; to nobody, where nobody does.

    if uncaught.did is not None:
        uncaught.did("click", "order")                 what was done before goes into the report
    address = uncaught.tell("click of node 3", error)

Whoever comes through such an error logs it, shows it and goes on, as it would have anyway; this is only beside that. Every bundle has
somebody who listens, so it costs next to nothing, unlike `tracing`; and no word of it may be a value.
"""

from __future__ import annotations

from collections.abc import Callable

# What was going on (never with a value in it), and the error → the address at which its person can read about it, "" for none.
Hear = Callable[[str, BaseException], str]

hear: Hear | None = None

# What the program begins to do because of somebody, by its kind and a name of the code.
did: Callable[[str, str], None] | None = None


def tell(what: str, error: BaseException) -> str:
    """Tell of an error; never raises, and returns the address at which its person can read about it, "" for none."""
    if hear is None or not isinstance(error, Exception):  # whoever ends a program or calls work off means to
        return ""
    try:
        return hear(what, error)
    except Exception:  # the disk is full, say: the program has trouble enough
        return ""
