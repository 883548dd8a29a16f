"""The fastest way to uniquify a list: a dozen and more of them, timed so that anybody can repeat it on their own machine.

    hipflask --app examples/uniquify run                       a window: choose, measure, watch, compare
    hipflask --app examples/uniquify uniquify                  the shell; --json for programs
    hipflask --app examples/uniquify talk                      "what is the fastest way to uniquify a list"

`ways` has the ways and `timing` the clock, and neither needs more than Python; `data` says what is kept, `asking` has the one function
that shell, web, voice and assistants call, and `window` draws it.
"""

from . import window
from .asking import app, db

__all__ = ["app", "db", "window"]
