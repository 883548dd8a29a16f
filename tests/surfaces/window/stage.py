"""What the tests of windows are made with: a site that hears, a player that shows, and hands on a private screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PATIENCE = 30.0  # seconds; the machine may be busy with everything else
PAINTED = "<script>requestAnimationFrame(() => requestAnimationFrame(() => fetch('/painted')))</script>"


def require(*programs: str) -> None:
    """Skip the test where one of these is not installed; under HIPFLASK_REQUIRE_ALL=1 fail instead."""
    for program in programs:
        if not shutil.which(program):
            missing(f"{program} is not installed")


def missing(reason: str) -> None:
    if os.environ.get("HIPFLASK_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and HIPFLASK_REQUIRE_ALL=1 allows no skipping")
    pytest.skip(reason)


def wait_until(holds: Callable[[], Any], what: str) -> Any:
    """Wait until `holds()` is true and return what it returned."""
    until = time.monotonic() + PATIENCE
    while not (answer := holds()):
        assert time.monotonic() < until, f"{what} did not happen within {PATIENCE:g} seconds"
        time.sleep(0.02)
    return answer


class Site:
    """A few pages on 127.0.0.1, and a memory of who asked for what."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.heard: list[str] = []
        self.cookies: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.heard.append(request.path)
        self.cookies.append(request.headers.get("Cookie", ""))
        page = self.pages.get(request.path)
        body = b"" if page is None else page.encode()
        request.send_response(204 if page is None else 200)
        for name, value in self.headers.get(request.path, {"Content-Type": "text/html"}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def wait_for(self, start: str, times: int = 1) -> str:
        """Wait for the request number `times` whose path begins with `start`, and return that path."""

        def there() -> list[str]:
            return [path for path in self.heard if path.startswith(start)][times - 1 :]

        found: str = wait_until(there, f"request {times} of {start}")[0]
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Stage:
    """A player process, and the mouse and keyboard of its private screen."""

    def __init__(self, shell: str, screen: str = "private", **environment: str) -> None:
        command = [sys.executable, str(HERE / "player.py"), shell, screen]
        self.environment = {**os.environ, **environment}
        self._manager: subprocess.Popen[bytes] | None = None
        self.player = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        self.said: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self._threads = [
            threading.Thread(target=self._hear_answers, daemon=True),
            threading.Thread(target=self._hear_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _hear_answers(self) -> None:
        assert self.player.stdout
        for line in self.player.stdout:
            self.said.append(json.loads(line) if line.startswith("{") else {"printed": line})

    def _hear_errors(self) -> None:
        assert self.player.stderr
        self.errors.extend(self.player.stderr)

    def do(self, *order: object) -> dict[str, Any]:
        """Give an order and return the answer to it."""
        before = len(self._answers())
        assert self.player.stdin
        self.player.stdin.write(json.dumps(order) + "\n")
        self.player.stdin.flush()
        self.wait(lambda: len(self._answers()) > before or self._has_quit(order), f"an answer to {order}")
        return next(iter(self._answers()[before:]), {"did": order[0]})

    def _has_quit(self, order: tuple[object, ...]) -> bool:
        """Whether the order was to end, and that went quicker than its answer."""
        return "quit" in str(order[0]) and self.player.poll() is not None

    def _answers(self) -> list[dict[str, Any]]:
        return [message for message in self.said if "did" in message or "error" in message]

    def open(self, url: str, order: str = "open", **options: Any) -> None:
        """Open a window, and find out on which screen."""
        assert self.do(order, url, options) == {"did": order}
        self._find_screen()

    def _find_screen(self) -> None:
        if "DISPLAY" not in self.environment or self.environment.get("XAUTHORITY") is None:
            self.do("screen")
            self.environment.update(self.first("screen"))

    def first(self, kind: str) -> Any:
        """Wait for the first message of a kind."""
        return self.wait(lambda: self.heard(kind), f"a message {kind!r}")[0]

    def heard(self, kind: str) -> list[Any]:
        """What the messages of a kind have said so far."""
        return [said[kind] for said in self.said if kind in said]

    def manage(self) -> None:
        """Have a window manager on the screen, as a desktop has one, before the first window is opened."""
        require("jwm", "xprop")
        self._find_screen()
        command = ["jwm", "-f", str(HERE / "desktop.jwmrc")]
        self._manager = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self.wait(lambda: "window id" in self.property("_NET_SUPPORTING_WM_CHECK"), "the window manager")

    def property(self, name: str, *window: str) -> str:
        """What a window, or else the whole screen, says of itself."""
        command = ["xprop", *(["-id", *window] if window else ["-root"]), name]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout

    def wait(self, holds: Callable[[], Any], what: str) -> Any:
        def holds_or_ended() -> Any:
            answer = holds()
            assert answer or self.player.poll() is None, (
                f"the player ended before {what}:\n" + self.complaint()
            )
            return answer

        return wait_until(holds_or_ended, what)

    def complaint(self) -> str:
        return "".join(self.errors)

    def end(self) -> int:
        """Wait for the player to end by itself; its exit code."""
        code = self.player.wait(PATIENCE)
        for thread in self._threads:
            thread.join()
        return code

    def xdotool(self, *arguments: object) -> list[str]:
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.split("\n")[:-1]

    def visible(self) -> list[str]:
        """The X numbers of our windows that are on the screen."""
        return self.xdotool("search", "--onlyvisible", "--class", "^hipflask$")

    def wait_for_windows(self, count: int) -> list[str]:
        def there() -> list[str]:
            seen = self.visible()
            return seen if len(seen) == count else []

        found: list[str] = self.wait(there, f"{count} visible windows")
        return found

    def names(self) -> list[str]:
        return [name for number in self.visible() for name in self.xdotool("getwindowname", number)]

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.xdotool("mousemove", x, y, "click", button)

    def press(self, *keys: str) -> None:
        self.xdotool("key", *keys)

    def shows(self, color: tuple[int, int, int], x: int, y: int) -> bool:
        """Whether a person would see this colour at this place of the screen."""
        command = ["import", "-window", "root", "-crop", f"1x1+{x}+{y}", "-depth", "8", "rgb:-"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, check=True, timeout=PATIENCE
        )
        return tuple(done.stdout) == color

    def press_close_button(self, number: str) -> None:
        """Do what a window manager does when its close button is pressed."""
        script = str(HERE / "close_button.py")
        subprocess.run([sys.executable, script, number], env=self.environment, check=True, timeout=PATIENCE)

    def children(self, name: str) -> list[int]:
        """The processes called `name` that the player started, directly or not."""
        table = subprocess.run(
            ["ps", "-eo", "pid,ppid,stat,comm"], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 3) for line in table.stdout.splitlines()[1:]]
        family = {self.player.pid}
        for _ in range(4):
            family |= {int(pid) for pid, parent, *_ in rows if int(parent) in family}
        return [
            int(pid)
            for pid, _, state, comm in rows
            if int(pid) in family and comm == name and "Z" not in state
        ]

    def close(self) -> None:
        if self.player.poll() is None:
            self.player.terminate()
        try:
            self.end()
        finally:
            self.player.kill()
            if self._manager:
                self._manager.terminate()
                self._manager.wait()
        for stream in (self.player.stdin, self.player.stdout, self.player.stderr):
            assert stream
            stream.close()
