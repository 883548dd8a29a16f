"""Runs a real shell in a process of its own, because a window needs the main thread; `stage.py` sends it orders.

One JSON list comes per line, as `["show", 0]`, and each is answered by `{"did": …}` or `{"error": …}`. The first
order is carried out on the main thread before `run`, the others by another thread while it runs.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from hipflask.core.desk import ChooseFiles
from hipflask.core.errors import HipflaskError
from hipflask.surfaces.window import Shell, Window, WindowOptions, choose, headless
from hipflask.surfaces.window.shell import Placement

SPEAKING = threading.Lock()


def main(name: str, screen: str) -> None:
    logging.basicConfig(level="INFO")
    with ExitStack() as stack:
        if screen == "private":
            stack.enter_context(headless.display(1280, 900))
        play(choose(name))


def play(shell: Shell) -> None:
    windows: list[Window] = []
    obey(shell, windows, sys.stdin.readline())
    threading.Thread(target=listen, args=(shell, windows), daemon=True).start()
    try:
        shell.run()
    finally:
        say(ran=True)


def listen(shell: Shell, windows: list[Window]) -> None:
    for line in sys.stdin:
        obey(shell, windows, line)


def obey(shell: Shell, windows: list[Window], line: str) -> None:
    order, *arguments = json.loads(line)
    try:
        ORDERS[order](shell, windows, *arguments)
    except HipflaskError as error:
        say(error=f"{type(error).__name__}: {error}")
    else:
        say(did=order)


def open_window(
    shell: Shell, windows: list[Window], url: str, options: dict[str, Any], *, asks: bool = False
) -> None:
    number = len(windows)
    if place := options.pop("placement", None):
        options["placement"] = Placement(**place)
    window = shell.open(
        url,
        WindowOptions(**options),
        on_closed=partial(say, closed=number),
        on_close_wanted=partial(say, close_wanted=number) if asks else None,
        on_placed=lambda placement: say(placed=asdict(placement), window=number),
    )
    windows.append(window)


def listen_for_open(shell: Shell, _: list[Window]) -> None:
    shell.on_open_wanted = lambda url: say(open_wanted=url)


def choose_files(_: Shell, windows: list[Window], number: int, question: dict[str, Any]) -> None:
    windows[number].choose_files(ChooseFiles(**question), lambda files: say(chosen=files))


def announce_and_quit(shell: Shell, _: list[Window], title: str, message: str) -> None:
    shell.announce(title, message)
    shell.quit()


def screen(_: Shell, windows: list[Window]) -> None:
    names = ("DISPLAY", "XAUTHORITY")
    say(screen={name: os.environ.get(name, "") for name in names})


ORDERS: dict[str, Callable[..., None]] = {
    "open": open_window,
    "announce and quit": announce_and_quit,
    "open and ask": partial(open_window, asks=True),
    "listen for open": listen_for_open,
    "screen": screen,
    "choose": choose_files,
    "dropped": lambda shell, windows, number: say(dropped=windows[number].dropped()),
    "copy": lambda shell, windows, text: shell.copy(text),
    "paste": lambda shell, windows: shell.paste(lambda text: say(pasted=text)),
    "announce": lambda shell, windows, title, message: shell.announce(title, message),
    "show": lambda shell, windows, number: windows[number].show(),
    "close": lambda shell, windows, number: windows[number].close(),
    "load": lambda shell, windows, number, url: windows[number].load(url),
    "title": lambda shell, windows, number, title: windows[number].set_title(title),
    "screenshot": lambda shell, windows, number, path: windows[number].screenshot(Path(path)),
    "quit": lambda shell, windows: shell.quit(),
    "run": lambda shell, windows: shell.run(),
}


def say(**message: object) -> None:
    with SPEAKING:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
