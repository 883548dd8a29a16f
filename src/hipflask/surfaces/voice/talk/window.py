"""The talk window: what was said and answered, line by line, and a field to say more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from click import ClickException

from .... import ui
from . import showing
from .exchange import Exchange, Vendor
from .speaking import Speak

PATH = "/_talk"
_PAGE = {"position": "fixed", "inset": "0", "padding": "1.1rem 1.4rem", "box-sizing": "border-box"}
_REST = {"flex": "1 1 0", "min-height": "0"}  # of the window: what was said


def add_window(
    app: Any, begin: Callable[[], Vendor], *, as_json: bool = False, speak: Speak | None = None
) -> None:
    """Give the app one window more, at PATH; each that is opened is another listener's."""

    @app.window(PATH, title=f"Talk to {app.name}", width=640, height=640)  # type: ignore[untyped-decorator]
    def talk_window() -> None:
        """Talk to the app, typing what would be said."""
        vendor = ui.state(begin()).value
        lines: Any = ui.state([])
        typed: Any = ui.state("")

        async def say(text: str) -> None:
            typed.set("")
            lines.update(lambda old: [*old, f"> {text}"])
            exchange = await _apart(lambda: _heard(vendor, text))
            shown = [*(showing.wire(exchange) if as_json else ()), *showing.lines(vendor.name, exchange)]
            lines.update(lambda old: [*old, *(part for line in shown for part in line.splitlines())])
            if speak is not None:
                await _apart(lambda: speak(exchange.speech))

        with ui.column(gap="m", style=_PAGE):
            ui.heading(f"Talk to {app.name}")
            ui.log(lines, label="Conversation", height="0", style=_REST)
            ui.input(
                "Say",
                bind=typed,
                placeholder="open",
                hint="Enter says it; nothing at all is silence.",
                on_enter=say,
                attrs={"autofocus": "autofocus"},
            )


async def _apart(work: Callable[[], Any]) -> Any:
    """Do something in a thread that knows nothing of this window: the app is asked as by a stranger, in a unit of work of its own."""
    with ThreadPoolExecutor(1) as thread:
        return await asyncio.wrap_future(thread.submit(work))


def _heard(vendor: Vendor, text: str) -> Exchange:
    try:
        return vendor.hear(text)
    except ClickException as error:
        return Exchange(notes=[error.format_message()])
