"""Python's search for circles of garbage, put off while thousands of rows are taken or pushed.

Every few hundred new objects it looks through the young ones, and now and then through all that the program has: 40 ms each time in
one with a few models and windows. Of what a page or a push makes nothing is garbage before its end, and no circle is among it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unsearched() -> Iterator[None]:
    """Have Python search for no garbage meanwhile, in any thread; a program that never has it searched is left alone.

    Several threads may be in it at once: whoever found the search switched on switches it on again, so it never stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
