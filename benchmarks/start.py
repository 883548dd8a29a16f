"""From the start of the process until "Hello, World!" is on the screen, beside a bare window and NiceGUI's native mode.

    python -m benchmarks.start [--quick] [--json]

All three are ordinary Python programs that open a window on the system's WebKitGTK, on a private X screen. The
clock starts when the process is started, and stops when the first pixel of the greeting's background is on that
screen, whoever put it there: the screen's memory is looked at every 2 ms (see `_screen.py`). The programs take turns. `bare` is a
window with static HTML and nothing else, which no program on this web view can beat.

The second part is imports alone: `from hipflask import Hipflask, ui` beside `from flask import Flask`, each in a fresh process
of the same interpreter, in turns. What is there before the first line (the interpreter itself) is the same for both and left out.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from statistics import median

from . import _servers, peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._screen import GREEN, Screen

PATIENCE_S = 60
IMPORTS = {
    "hipflask": "import hipflask",
    "ours": "from hipflask import Hipflask, ui",
    "app": "from hipflask import Hipflask, ui\napp = Hipflask('hello')\n@app.window('/')\ndef hello(): ui.text('Hello')",
    "flask": "from flask import Flask",
    "flask app": "from flask import Flask\napp = Flask('hello')\n@app.route('/')\ndef hello(): return 'Hello'",
}
TIMED = """
from time import perf_counter
begun = perf_counter()
{code}
print((perf_counter() - begun) * 1000)
"""

NO_NATIVE = (
    "NiceGUI's native mode is left out: it needs PyGObject and WebKitGTK's introspection data, on Debian "
    "`apt install python3-gi gir1.2-webkit2-4.1` and a Python of the system's version."
)


def measure(quick: bool) -> Result:
    """Windows in turns, then imports in turns."""
    programs = {"ours": [sys.executable, "ours_start.py"], "bare": [sys.executable, "bare_window.py"]}
    if peers.can_open_windows():
        programs["nicegui"] = [peers.python(), "nicegui_start.py"]
    else:
        note(NO_NATIVE)
    with Screen() as screen:
        taken = _rounds(screen, programs, 3 if quick else 15)
    figures: dict[str, Figures] = {who: {"paint_ms": rounded(median(times))} for who, times in taken.items()}
    imports = _imports(10 if quick else 40)
    ours = figures.pop("ours")
    ours |= {
        "import_alone_ms": imports["hipflask"],
        "import_ms": imports["ours"],
        "import_app_ms": imports["app"],
    }
    figures["flask"] = {"import_ms": imports["flask"], "import_app_ms": imports["flask app"]}
    return Result("start", ours, figures, _ratios(ours, figures), machine(**peers.PINS))


def _rounds(screen: Screen, programs: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {who: [] for who in programs}
    for number in range(rounds + 1):
        note(f"windows, round {number or 'to warm up'} of {rounds}")
        for who, (interpreter, page) in programs.items():
            milliseconds = _painted(screen, [interpreter, str(_servers.PAGES / page)], who)
            if number:  # the first one writes bytecode, and brings files into memory
                taken[who].append(milliseconds)
    return taken


def _painted(screen: Screen, command: list[str], who: str) -> float:
    """Milliseconds from the start of a program until its greeting is on the screen; the program is ended then."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=screen.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # with the web view's own processes, which are to end with it
    )
    try:
        is_painted = screen.wait_for(GREEN, PATIENCE_S)
        taken = (time.perf_counter() - begun) * 1000
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if not is_painted or not screen.wait_for(GREEN, PATIENCE_S, gone=True):
        raise SystemExit(f"{who} has painted nothing within {PATIENCE_S} s: {' '.join(command)}")
    return taken


def _imports(rounds: int) -> Figures:
    """Medians in milliseconds, each time in a fresh process."""
    note(f"imports, {rounds} rounds")
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for number in range(rounds + 1):
        for name, code in IMPORTS.items():
            said = subprocess.run(
                [sys.executable, "-c", TIMED.format(code=code)],
                cwd=_servers.PAGES,
                env=_servers.environment(),
                capture_output=True,
                text=True,
                check=True,
            )
            if number:
                taken[name].append(float(said.stdout))
    return {name: rounded(median(times)) for name, times in taken.items()}


def _ratios(ours: Figures, theirs: dict[str, Figures]) -> Figures:
    ratios = {"bare_window": ratio(theirs["bare"], ours, "paint_ms")}
    if "nicegui" in theirs:
        ratios["nicegui_native"] = ratio(theirs["nicegui"], ours, "paint_ms")
    ratios["flask_import"] = ratio(theirs["flask"], ours, "import_ms")
    ratios["flask_import_app"] = ratio(theirs["flask"], ours, "import_app_ms")
    return ratios


if __name__ == "__main__":
    main("From the start of the process to hello on the screen, beside a bare window and NiceGUI.", measure)
