"""The window in which a person reads the crash report about their program, and may copy, save or send it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from ..core import report
from ..core.action import Action, Door
from ..core.errors import NotSent
from ..core.report import Report
from ..core.signature import plan
from ..telemetry.crashes.reporter import Fresh, Reporter
from ..telemetry.crashes.sending import Address
from ..ui.states import State
from . import pages
from .window.outside import open_outside

PATH = "/_hipflask/reports/"
_OPTIONS = {"endpoint": "hipflask_report", "title": "Crash report", "width": 780, "height": 800}


def address_of(wanted: str) -> str:
    """The address of the window about the report of that id."""
    return PATH + wanted


def mount(app: Flask, reporter: Reporter, address: Address | None) -> None:
    """Add the window to an app."""

    def crash_report(wanted: str) -> None:
        _window(reporter.find(wanted), address)

    door = Door("window", f"{PATH}<wanted>", dict(_OPTIONS))
    pages.mount(app, Action(crash_report, plan(crash_report), [door]), door)


def _window(fresh: Fresh | None, address: Address | None) -> None:
    from .. import ui

    ui.heading("Crash report")
    if fresh is None:
        ui.text("This report is not there any more: only the newest are kept.")
        return
    is_whole = ui.state(False)
    shown = report.with_messages(fresh.report, fresh.messages) if is_whole.value else fresh.report
    ui.text(
        "This is the whole report. It says what the program did, and nothing of what you typed or stored. It is on this computer alone"
        + (f", until you send it to {address.name}." if address is not None else ".")
    )
    with ui.row(wrap=True):
        _buttons(shown, address)
    if any(fresh.messages):
        _choice(fresh.messages, is_whole)
    ui.code(report.as_text(shown), copy=False)
    with ui.details("The same, as it is in the file" + _and_sent(address)):
        ui.code(report.encode(shown).decode())


def _and_sent(address: Address | None) -> str:
    return "" if address is None or address.is_mail else " and as it is sent"


def _choice(messages: list[str], is_whole: State[Any]) -> None:
    """What the exceptions said: it is put in by its person, who has read it."""
    from .. import ui

    with ui.callout(title="What the error said is left out", tone="normal", icon="eye-off"):
        ui.text("It may hold something of yours. If you do not mind that it is read by others, it can help:")
        for message in filter(None, messages):
            ui.code(message[: report.LONGEST_TEXT], copy=False)
        ui.checkbox("Include it in the report", bind=is_whole)


def _buttons(shown: Report, address: Address | None) -> None:
    from .. import ui

    if address is not None:
        ui.button(
            "Send by mail…" if address.is_mail else "Send",
            tone="primary",
            icon="send",
            on_click=_send,
            args=(address, shown),
        )
    ui.button("Copy", icon="copy", on_click=ui.copy, args=(report.as_text(shown),))
    ui.button("Save…", icon="save", on_click=_save, args=(shown,))


def _send(address: Address, shown: Report) -> None:
    from .. import ui

    if address.is_mail:
        open_outside(address.mail(f"{shown.program.name}: {shown.title}", report.as_text(shown)))
        return
    try:
        address.post(report.encode(shown))
    except NotSent as error:
        ui.notify(str(error), tone="danger", seconds=15)
    else:
        ui.notify(f"The report was sent to {address.name}. Thank you.", tone="success")


def _save(shown: Report) -> None:
    from .. import ui

    path = ui.save_file(f"crash-{shown.id}.json", types={"Crash reports": [".json"]})
    if path is None:
        return
    try:
        path.write_bytes(report.encode(shown))
    except OSError as error:
        ui.notify(f"It cannot be saved there: {error.strerror}.", tone="danger", seconds=15)
