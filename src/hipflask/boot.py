"""What runs inside a bundle: the launcher starts it in place of the command line, with what the person has opened.

    Stock                        opens the program's window
    Stock list.stock             a file that it says it opens: the window of that file type, with ?file=…
    Stock stock://items/7        its own kind of address: the window at /items/7
    Stock --selftest             opens, loads, clicks, writes SQLite, closes; exit code 0 if all went well
    Stock --update               looks for a new version now, installs it, and says so
    Stock --command order ball   one of its own commands, as `hipflask order ball` where it is written
    Stock --mcp                  answers an assistant over standard input and output; starts what `--mcp install` has told
    Stock --mcp install          tells the assistants on this computer of it

What that is, and what it opens, stands in the app's layer; see `core/bundled.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flask.cli import ScriptInfo

from . import updates
from .core import bundled, uncaught
from .core.errors import HipflaskError


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the program; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _write_reports()
    if words[:1] in (["--command"], ["--mcp"]):
        return _at_a_terminal(words[0], words[1:])
    asked = _parser().parse_args(words)
    try:
        if asked.update or asked.help:
            _untried()
            _update() if asked.update else _parser().print_help()
            return 0
        with _trial_store() if asked.selftest else contextlib.nullcontext():
            running = _run(asked)
    except HipflaskError as error:
        _complain(str(error))
        return 1
    except Exception as error:
        import traceback

        uncaught.tell("the start", error)
        file = _written(traceback.format_exc())
        _complain(
            f"It could not be opened: {type(error).__name__}: {error}. What happened is written in {file}."
        )
        return 1
    if running.is_to_start_again:
        _start_again()
    return 0


def load(app: str) -> Any:
    """The Flask app that "module" or "module:name" means, as Flask's command line finds it."""
    from flask.cli import locate_app

    module, _, name = app.partition(":")
    # A script ends with app.run(), which must do nothing while it is only imported: this is how Flask asks for that.
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    try:
        return locate_app(module, name or None)
    finally:
        del os.environ["FLASK_RUN_FROM_CLI"]


def start_of(opened: str | None, described: dict[str, Any]) -> str | None:
    """The path to open for what a person has opened: nothing, a file, or an address of the program's own kind."""
    if opened is None:
        return None
    parts = urlsplit(opened)
    if parts.scheme in described["schemes"]:
        return "/" + opened.partition(":")[2].lstrip("/")
    if parts.scheme == "file":  # as desktops of Linux name a file to a program that opens addresses too
        opened = unquote(parts.path)
    for file_type in described["file_types"]:
        if opened.lower().endswith(file_type["extension"]):
            return f"{file_type['opens']}?file={quote(os.path.abspath(opened))}"
    raise HipflaskError(f"{opened} is nothing that this program opens.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=bundled.program_name(), add_help=False, allow_abbrev=False)
    add = parser.add_argument
    add("opened", nargs="?", help="a file or an address that it opens")
    add(
        "--selftest",
        action="store_true",
        help="open, load, click, write, close; exit code 0 if all went well",
    )
    add("--headless", action="store_true", help="open on a display that nobody sees")
    add("--screenshot", type=Path, metavar="FILE", help="photograph the window, and close it")
    add("--update", action="store_true", help="look for a new version now, and install it")
    add(
        "--command",
        action=_ComesFirst,
        nargs="*",
        metavar="WORD",
        help="run one of its own commands; without words, list them",
    )
    add(
        "--mcp",
        action=_ComesFirst,
        nargs="?",
        metavar="install",
        help="answer an assistant, or tell the assistants here of it",
    )
    add("--help", action="store_true", help="show this")
    return parser


class _ComesFirst(argparse.Action):
    """What is looked at before any other word, so that all that follow are its own; here only for the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.error(f"{self.option_strings[0]} comes first.")


def _run(asked: argparse.Namespace) -> updates.Running:
    from .surfaces import desktop, openings

    about = bundled.description()
    app = load(about["app"])
    start = start_of(asked.opened, about)
    if start is not None and not openings.is_window(app, start):
        start = None  # an address comes from anywhere, and may only ever open a window
    app.config.setdefault("HIPFLASK_SINGLE_INSTANCE", about["single_instance"])
    options = desktop.Options(start, None, asked.headless, asked.screenshot, asked.selftest)
    running = updates.Running(lambda: None)
    has_painted = False

    def ready(quit: Callable[[], None]) -> None:
        nonlocal has_painted
        has_painted = True
        running.quit = quit
        updates.begin(running)
        _end_splash()
        _healthy()
        if options.is_for_a_person:
            updates.follow(lambda sentence: desktop.tell(app, sentence))

    desktop.run(app, getattr(app, "actions", None), options, ready)
    if not has_painted:
        _untried()
    return running


# ── without a window ──────────────────────────────────────────────────────────────────────────────


def _at_a_terminal(door: str, words: list[str]) -> int:
    """Do what somebody at a terminal, or an assistant, has started the program for; returns the exit code."""
    _untried()
    info = ScriptInfo(create_app=_heeded)
    try:
        _command(info, words) if door == "--command" else _assistant(info, words)
    except HipflaskError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _heeded() -> Any:
    """The app, which has said whether it wants crash reports."""
    from .surfaces.crashes import heed

    app = load(bundled.description()["app"])
    heed(app)
    return app


def _command(info: ScriptInfo, words: list[str]) -> None:
    app = info.load_app()
    app.cli.main(words, prog_name=f"{bundled.program_name() or app.name} --command", obj=info)


def _assistant(info: ScriptInfo, words: list[str]) -> None:
    from .surfaces.mcp import installing, serving

    if not words:
        serving.serve(info)
        return
    if words != ["install"]:
        raise HipflaskError(f"--mcp takes nothing or `install`, and not {' '.join(words)!r}.")
    for line in installing.install(info.load_app(), [_launcher(), "--mcp"], bundled.program_name(), ()):
        print(line)


def _launcher() -> str:
    """The file that starts this program; of an AppImage the image, since what is in it has another place each time."""
    image, place = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    if image and place and Path(sys.executable).is_relative_to(place):
        return image
    from .build.update.installation import Installation

    installation = Installation.find()
    return str(installation.launcher) if installation is not None else sys.executable


def _healthy() -> None:
    """Something can be seen: this release is a good one."""
    from .build.update.installation import Installation

    installation = Installation.find()
    if installation is not None:
        installation.healthy()


def _untried() -> None:
    """This start shows nothing, so it says nothing about the release: it has only handed something to who runs already."""
    from .build.update.installation import Installation

    installation = Installation.find()
    if installation is not None:
        installation.untried()


def _start_again() -> None:
    from .build.update.installation import Installation
    from .build.update.restart import restart

    installation = Installation.find()
    if installation is not None:
        restart(installation)


def _end_splash() -> None:
    """Have the launcher, which this process was, take its picture away."""
    if not bundled.has_splash():
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(sys.executable if sys.platform == "win32" else None).hipflask_splash_done()


@contextlib.contextmanager
def _trial_store() -> Iterator[None]:
    """A self-test writes: in the user's data folder, where the program will, but never in the user's own data."""
    import sqlite3
    import tempfile

    import platformdirs

    folder = platformdirs.user_data_path(
        bundled.program_id() or "hipflask", appauthor=False, ensure_exists=True
    )
    with tempfile.TemporaryDirectory(dir=folder, prefix="selftest-") as trial:
        with contextlib.closing(sqlite3.connect(Path(trial, "trial.sqlite"))) as database:
            database.execute("CREATE TABLE trial (value TEXT)")
            database.execute("INSERT INTO trial VALUES ('written')")
            database.commit()
            if database.execute("SELECT value FROM trial").fetchall() != [("written",)]:
                raise HipflaskError(f"SQLite does not give back what was written in {folder}.")
        os.environ["HIPFLASK_STORE"] = str(Path(trial, "store.sqlite"))
        yield


def _update() -> None:
    """Look for a new version, and install it, as somebody at a terminal has asked for."""

    def show(done: int, total: int) -> None:
        print(f"\r{done / total:4.0%} of {total:,} bytes", end="\n" if done == total else "", file=sys.stderr)

    found = updates.check(show)
    said = f"Version {found} is installed." if found else f"{updates.version()} is the newest version."
    print(said, file=sys.stderr)


def _write_reports() -> None:
    """From now on; that it cannot be done is no reason not to open the program."""
    from .surfaces.crashes import begin_in_bundle

    with contextlib.suppress(Exception):
        begin_in_bundle(bundled.program_version() or "")


def _complain(sentence: str) -> None:
    from .surfaces.complaint import complain

    complain(bundled.program_name() or "Hipflask", sentence)


def _written(report: str) -> Path:
    """The file that a report has been written to, for whoever is asked for help."""
    import platformdirs

    folder = platformdirs.user_log_path(
        bundled.program_id() or "hipflask", appauthor=False, ensure_exists=True
    )
    (folder / "error.txt").write_text(f"{updates.version()}\n{report}", encoding="utf-8")
    return folder / "error.txt"


if __name__ == "__main__":
    sys.exit(main())
