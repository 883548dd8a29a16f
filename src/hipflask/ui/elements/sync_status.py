"""How this device and the hub stand, in a few words, with what the hub has refused behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ...core.ports import RefusedChange, Sync, SyncStatus
from ..drawing import component, current, state
from ..element import Tone
from ..states import State
from .button import button
from .callout import callout
from .card import card
from .column import column
from .drawer import drawer
from .heading import heading
from .input import input, shown
from .notify import notify
from .password import password
from .progress import progress
from .row import row
from .text import text
from .textarea import textarea

ICONS = {
    "connecting": "cloud",
    "synced": "cloud-check",
    "waiting": "cloud-upload",
    "downloading": "cloud-download",
    "refused": "cloud-alert",
    "offline": "cloud-off",
    "signed out": "key-round",
    "turned away": "cloud-alert",
    "paused": "circle-pause",
}
TONES: dict[str, Tone] = {"refused": "warning", "signed out": "warning", "turned away": "danger"}
NAMES = {
    "connecting": "Connecting",
    "synced": "Synced",
    "signed out": "Signed out",
    "turned away": "Not exchanged",
    "paused": "Paused",
}
_LONGEST = 200  # letters of a value
# A column in a row takes what there is; this one stands between a header's buttons.
AS_WIDE_AS_ITS_WORDS = {"flex": "0 1 auto", "min-width": "0"}


@component
def sync_status() -> None:
    """Show how this device and the hub stand: synced, so many waiting, offline since when; a click shows what was refused, and why.

    It draws nothing in an app without a hub, so it may always stand in a header.

    >>> ui.sync_status()
    """
    sync = current("ui.sync_status").part.owner.find_sync()
    if sync is None:
        return
    is_open: State[Any] = state(False)
    status = sync.status
    with column(gap="none", style=AS_WIDE_AS_ITS_WORDS):
        button(
            words(status),
            icon=ICONS[status.state],
            tone=TONES.get(status.state, "normal"),
            appearance="plain",
            size="s",
            tooltip=status.sentence,
            on_click=is_open.set,
            args=(True,),
        )
        if status.total:
            progress(status.done / status.total, label="Downloading", style={"--track-height": "0.2rem"})
    with drawer("Exchange with the hub", open=is_open, size="min(28rem, 92vw)"):
        if is_open.value:
            _panel(sync)


def words(status: SyncStatus) -> str:
    """The state in a few words: "Offline since 14:05 · 3 waiting"."""
    parts = [_state(status)]
    if status.waiting and status.state != "waiting":
        parts.append(f"{status.waiting:,} waiting")
    if status.refused and status.state != "refused":
        parts.append(f"{status.refused:,} refused")
    return " · ".join(parts)


def _state(status: SyncStatus) -> str:
    match status.state:
        case "waiting":
            return f"{status.waiting:,} waiting"
        case "refused":
            return f"{status.refused:,} refused"
        case "downloading":
            return f"Downloading {status.done:,} of {status.total:,}" if status.total else "Downloading"
        case "offline":
            return f"Offline since {moment(status.since)}" if status.since else "Offline"
        case _:
            return NAMES[status.state]


def moment(at: datetime) -> str:
    """A moment as a person here would say it: 14:05, or 3 Nov if that was another day."""
    here = at.astimezone()
    return f"{here:%H:%M}" if here.date() == datetime.now().date() else f"{here.day} {here:%b}"


# ── the panel ─────────────────────────────────────────────────────────────────────────────────────


@component
def _panel(sync: Sync) -> None:
    status = sync.status
    tone: Tone = TONES.get(status.state, "success" if status.state == "synced" else "primary")
    callout(status.sentence, title=words(status), tone=tone, icon=ICONS[status.state])
    if status.total:
        progress(status.done / status.total, label="Downloading")
    if status.state == "signed out":
        _sign_in(sync)
    with row(gap="s"):
        is_paused = status.state == "paused"
        can_exchange = status.state not in ("paused", "signed out")
        button(
            "Exchange now",
            icon="refresh-cw",
            size="s",
            on_click=sync.now,
            args=(0.0,),
            disabled=not can_exchange,
        )
        if is_paused:
            button("Go on", icon="play", size="s", on_click=sync.resume)
        else:
            button("Pause", icon="pause", size="s", on_click=sync.pause)
    refused = sync.refused()
    if refused:
        heading("Refused by the hub", level=3)
        text(
            "Here each of these is as the hub has it. Try again, with other values perhaps, or do without it.",
            tone="quiet",
            size="s",
        )
    for change in refused:
        _change(sync, change, key=change.id)  # type: ignore[call-arg]


@component
def _sign_in(sync: Sync) -> None:
    token: State[Any] = state("")
    wrong = state("")

    def sign_in() -> None:
        try:
            sync.sign_in(token.value)
        except ValueError as error:
            wrong.set(str(error))

    password("Token of this device", bind=token, hint="Whoever runs the hub issues it.")
    if wrong.value:
        text(wrong.value, tone="danger", size="s")
    button("Sign in", icon="log-in", tone="primary", on_click=sign_in)


@component
def _change(sync: Sync, change: RefusedChange) -> None:
    edited: State[dict[str, str]] = state({})
    is_editing = state(False)

    def put(name: str, typed: str) -> None:
        edited.update(lambda before: {**before, name: typed})

    def answer(what: str) -> None:
        try:
            if what == "drop":
                sync.drop(change.id)
            else:
                sync.retry(change.id, **edited.value)
        except ValueError as error:
            notify(str(error), tone="danger", seconds=10.0)

    with card(f"{change.model} {shown_key(change.key)}"), column(gap="s"):
        text(change.sentence, strong=True)
        text(f"{_VERBS[change.kind]} {moment(change.at)}", tone="quiet", size="s")
        for name, value in change.values.items():
            now = edited.value.get(name, shown(value))
            if is_editing.value:
                field = textarea if "\n" in now else input
                field(_title(name), value=now, on_change=put, args=(name,), key=name)
            else:
                _value(name, now)
        with row(gap="xs"):
            button("Try again", icon="rotate-cw", size="s", tone="primary", on_click=answer, args=("retry",))
            if change.values:
                face = "Done" if is_editing.value else "Edit"
                button(
                    face,
                    icon="check" if is_editing.value else "pencil",
                    size="s",
                    on_click=is_editing.set,
                    args=(not is_editing.value,),
                )
            button("Drop", icon="trash-2", size="s", appearance="plain", on_click=answer, args=("drop",))


_VERBS = {"insert": "New,", "update": "Changed,", "delete": "Deleted,"}


def _value(name: str, value: str) -> None:
    value = _short(value)
    with row(gap="s", align="baseline", wrap=False):
        text(_title(name), tone="quiet", size="s", style={"flex": "0 0 8rem", "overflow-wrap": "anywhere"})
        text(
            value or "nothing",
            tone="normal" if value else "quiet",
            style={"min-width": "0", "overflow-wrap": "anywhere"},
        )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def shown_key(key: object) -> str:
    """A row's key, in words."""
    return _short(", ".join(map(shown, key)) if isinstance(key, tuple) else shown(key))


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
