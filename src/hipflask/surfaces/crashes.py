"""Crash reports of an app: from its start on where it runs as a bundle, and where its developer wants them.

app.config["CRASH_REPORTS"] = False                                none, not even in a bundle
app.config["CRASH_REPORTS_TO"] = "mailto:help@example.com"         where a person can send one
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core import bundled

if TYPE_CHECKING:
    from flask import Flask

    from ..telemetry.crashes.reporter import Reporter

FOLDER = "crashes"  # in the folder for the data of this user's programs


def begin_in_bundle(version: str) -> None:
    """Write reports from now on, before anything of the app is loaded."""
    import platformdirs

    from ..core.report import Program
    from ..telemetry.crashes import reporter

    program = bundled.program_id() or "hipflask"
    folder = platformdirs.user_data_path(program, appauthor=False) / FOLDER
    reporter.begin(folder, Program(program, bundled.program_name() or program, version))


@contextmanager
def reporting(app: Flask, *, has_windows: bool = False, is_for_a_person: bool = False) -> Iterator[None]:
    """Write reports about this app within the block, if any are wanted; in its windows they can be read and sent."""
    if not heed(app):
        yield
        return
    from flask import got_request_exception, request, request_started

    from ..core import uncaught
    from ..telemetry.crashes import reporter

    is_ours = reporter.current is None
    writer = reporter.current or reporter.begin(Path(app.instance_path, FOLDER), _program(app))

    def failed(_: Any, exception: BaseException, **__: Any) -> None:
        uncaught.tell("a request", exception)

    def began(_: Any, **__: Any) -> None:
        if uncaught.did is not None:
            rule = request.url_rule  # a method that is none of the rule's may be any word
            uncaught.did("request", f"{request.method} {rule}" if rule is not None else "(nothing there)")

    try:
        if has_windows:
            _show(app, writer, is_for_a_person)
        with got_request_exception.connected_to(failed, app), request_started.connected_to(began, app):
            yield
    finally:
        writer.address = None
        if is_ours:
            reporter.end()


def heed(app: Flask) -> bool:
    """Whether the app wants reports; where it does not want what its bundle has begun, that ends here."""
    is_bundle = bundled.program_id() is not None
    if app.config.get("CRASH_REPORTS", is_bundle):
        return True
    if is_bundle:
        from ..telemetry.crashes import reporter

        reporter.end()
    return False


def _program(app: Flask) -> Any:
    from ..core.report import Program, cut

    return Program(cut(app.name), cut(app.name), cut(str(app.config.get("VERSION", ""))))


def _show(app: Flask, writer: Reporter, is_for_a_person: bool) -> None:
    """Let the app's windows show reports, and tell of one that nobody could be told of when it was written."""
    from ..telemetry.crashes.sending import Address
    from . import crash_window
    from .pages import host_of

    given = app.config.get("CRASH_REPORTS_TO")
    crash_window.mount(app, writer, Address.of(given) if given else None)
    writer.address = crash_window.address_of
    if not is_for_a_person:
        return
    host = host_of(app)

    def tell_once(session: Any) -> None:
        host.on_painted.remove(tell_once)
        if unseen := writer.shelf.take_unseen():
            session.tell_of_error(
                "Something went wrong the last time",
                "There is a report about it, which you can read.",
                report=crash_window.address_of(unseen),
            )

    host.on_painted.append(tell_once)
