"""`hipflask talk` at work: lines come in, exchanges are shown, scripts are replayed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.helpers import get_debug_flag

from ..models.reading import vocabulary
from . import script, showing, speaking
from .doors import door_of, skill_id_of
from .exchange import Exchange, Vendor

if TYPE_CHECKING:
    from flask import Flask

_GREETING = (
    'Type what would be said: "open" begins, an empty line is silence, Ctrl+D goes away. Nothing leaves this computer; that it '
    "is really {name} who asks is taken for granted here."
)


_ENGLISH_NUMBERS = "Numbers, days and times are understood here in English words, in digits, and as Alexa writes them (2015-W48, PT5M)."


@dataclass(frozen=True)
class Options:
    """What `hipflask talk` was told."""

    vendor: str = "alexa"
    locale: str | None = None
    as_json: bool = False
    voice: bool | None = None
    scripts: tuple[Path, ...] = ()


def run(app: Flask, options: Options) -> None:
    """Talk until the person goes away, or until the scripts have been said."""
    begin = vendors(app, options)
    if options.scripts:
        _replay(options, begin)
        return
    vendor = begin()
    speak = _voice(options)
    click.echo(_GREETING.format(name=vendor.name), err=True)
    if options.locale and not options.locale.lower().startswith("en"):
        click.echo(_ENGLISH_NUMBERS, err=True)
    for text in _typed():
        try:
            exchange = vendor.hear(text)
        except click.ClickException as error:
            error.show()
            continue
        _show(vendor, exchange, options)
        if speak is not None:
            speak(exchange.speech)
    vendor.close()


def add_window(app: Flask, options: Options) -> str:
    """Give the app a window to talk in; the path where it is."""
    if get_debug_flag():
        raise click.UsageError(
            "A program that is loaded anew whenever it is saved has no talk window: leave --debug away."
        )
    from . import window

    speak = _voice(options)
    window.add_window(app, vendors(app, options), as_json=options.as_json, speak=speak)
    return window.PATH


def vendors(app: Flask, options: Options) -> Callable[[], Vendor]:
    """What makes a new listener, who knows nothing of what was said to another."""
    locale = options.locale or ("en-US" if options.vendor == "alexa" else "en")
    words = vocabulary(app, locale)
    send = door_of(app, options.vendor)
    if options.vendor == "alexa":
        from .alexa import Alexa  # each in its turn: one is talked to

        return lambda: Alexa(words, send, skill_id_of(app))
    if options.vendor == "dialogflow-es":
        from .dialogflow_es import DialogflowES

        return lambda: DialogflowES(words, send)
    from .dialogflow_cx import DialogflowCX

    return lambda: DialogflowCX(words, send)


def _voice(options: Options) -> speaking.Speak | None:
    if options.voice is False or (options.voice is None and not sys.stdout.isatty()):
        return None
    speak = speaking.voice(options.locale or "en-US")
    if speak is None and options.voice:
        raise click.ClickException(
            "This computer has no voice that can be found. Install espeak-ng, or leave --voice away and read."
        )
    return speak


def _typed() -> Iterator[str]:
    """Lines that are typed, or come by the pipe."""
    is_terminal = sys.stdin.isatty()
    while True:
        try:
            line = input("> ") if is_terminal else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            click.echo(err=True)
            return
        if not is_terminal and not line:
            return
        if not is_terminal:
            click.echo(f"> {line.rstrip()}")
        yield line


def _show(vendor: Vendor, exchange: Exchange, options: Options) -> None:
    for line in showing.wire(exchange) if options.as_json else ():
        click.echo(line)
    for line in showing.lines(vendor.name, exchange):
        click.echo(line)


# ── scripts ───────────────────────────────────────────────────────────────────────────────────────


def _replay(options: Options, begin: Callable[[], Vendor]) -> None:
    """Replay every script; what differs is told, and ends the program with 1."""
    wrong = said = 0
    with _hushed():
        for path in options.scripts:
            for exchange, found in script.replay(_read(path), begin):
                said += 1
                wrong += found is not None
                for line in _told(path, exchange, found, options):
                    click.echo(line)
    click.echo(
        f"{said} said, {wrong} not answered as expected."
        if wrong
        else f"{said} said, all answered as expected.",
        err=True,
    )
    if wrong:
        sys.exit(1)


@contextmanager
def _hushed() -> Iterator[None]:
    """Without the warnings about what is not understood: in a script that is so on purpose."""
    log = logging.getLogger("hipflask.voice")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _told(path: Path, exchange: Exchange, found: script.Difference | None, options: Options) -> Iterator[str]:
    if options.as_json:
        yield from showing.wire(exchange)
    if found is not None:
        yield script.told(str(path), found)
        yield from (f"  ({note})" for note in exchange.notes)


def _read(path: Path) -> list[list[script.Step]]:
    try:
        return script.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{path} is not UTF-8 text.") from None
    except script.BadScript as error:
        raise click.UsageError(f"{path}: {error}") from None
