"""What a drawing says about its window without showing anything: its title, its keys, whom to ask before it closes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from .closing import ON_CLOSE, Closing
from .element import Args, OnClick, element, listen
from .keys import as_aria
from .tree import Kind

TITLE = Kind("title", "hf-title", label="words")
SHORTCUT = Kind("shortcut", "hf-silent")


def title(text: object) -> None:
    """Give the window (or the browser's tab) another title than `@app.window(title=…)`, for as long as this is drawn.

    >>> unread = ui.state(3)
    >>> ui.title(f"Mail ({unread.value})")
    """
    element(TITLE, {"words": str(text)}, {})


def shortcut(keys: str, on_press: OnClick, *, args: Args = ()) -> None:
    """Call `on_press(*args)` when these keys are pressed anywhere in the window, written as "Ctrl+K", "Alt+Left" or "F5".

    What belongs into a menu has its keys there: `ui.menu_item("Save", shortcut="Ctrl+S")`.

    >>> ui.shortcut("Ctrl+K", print, args=("search",))
    """
    node = element(SHORTCUT, {}, {}, {"aria-keyshortcuts": as_aria("ui.shortcut", keys)})
    listen(node, "click", on_press, args)


def on_close(function: Callable[..., object], *, args: Args = ()) -> None:
    """Have `function(*args)` asked, sync or async, before the person closes this window: returning False keeps it open.

    It may open a dialog to ask and then call `ui.close_window()`. One that fails, or takes longer than three seconds,
    keeps the window open once; the next press on the close button does not ask it. A page in a browser is not asked.

    >>> saved = ui.state(True)
    >>> ui.on_close(lambda: saved.value)
    """
    node = element(ON_CLOSE, {}, {})
    listen(node, "close", _asked(function), args)
    del node.props["on"]  # nothing that a screen could say
    node.decode = _is_from_us


def _asked(function: Callable[..., object]) -> Callable[..., object]:
    def handle(*args: Any, **kwargs: Any) -> object:
        *given, closing = args
        result = function(*given, **kwargs)
        if inspect.iscoroutine(result):
            return _answer_later(result, closing)
        _answer(result, closing)
        return None

    return handle


async def _answer_later(result: Coroutine[Any, Any, object], closing: Closing) -> None:
    _answer(await result, closing)


def _answer(answer: object, closing: Closing) -> None:
    if answer is False:
        closing.refuse()
    else:
        closing.agree()


def _is_from_us(value: object) -> object:
    if not isinstance(value, Closing):
        raise ValueError("a screen does not close its window by an event")
    return value
