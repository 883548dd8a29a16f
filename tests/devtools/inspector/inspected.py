"""A program that the tests look into, and somebody who clicks in it: `python inspected.py`, one label per line to be clicked.

`exit` ends it as a program ends, `raise` with an exception, `shut` takes the door away first.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from pathlib import Path

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core import tracing
from hipflask.devtools.inspector import agent
from hipflask.testing import User

CANARY = "hunter2"

app = Hipflask("inspected", instance_path=os.environ["INSPECTED_FOLDER"])
db = Store(app)
shared = ui.State(1)
log = logging.getLogger("inspected")


class Player(db.Model):
    """Somebody at a base."""

    name: Mapped[str]
    base: Mapped[str]


class Account(db.Model):
    """Somebody who may sign in."""

    name: Mapped[str]
    password: Mapped[str]


def work() -> None:
    """Take some time."""
    end = time.perf_counter() + 0.06
    while time.perf_counter() < end:
        sum(range(500))


async def later() -> None:
    """Take some time, and wait for as long."""
    work()
    await asyncio.sleep(0.06)


def sign_in() -> None:
    """Do what is done with secrets."""
    Account.create(name="Who", password=CANARY)
    db.first(Account, password=CANARY)
    log.warning("signed in with password=%s", CANARY)
    tracing.note("audit", "signed in", values={"token": CANARY, "row": {"api_key": CANARY}})


def fail() -> None:
    """Go wrong."""
    raise RuntimeError(f"it went wrong with password={CANARY!r}")


@ui.component
def seat(name: str) -> None:
    """One of them."""
    ui.text(name)


@app.window("/")
def lineup() -> None:
    """The window that is looked into."""
    clicks = ui.state(0)
    password = ui.state(CANARY)
    hostile = ui.state("<script>alert(1)</script>")

    def press() -> None:
        work()
        clicks.update(lambda number: number + 1)
        Player.create(name="Who", base="first")

    ui.text(f"{clicks.value} clicks, {shared.value} shared, {hostile.value}")
    ui.input("Password", bind=password, attrs={"type": "password"})
    ui.button("Press", on_click=press)
    ui.button("Later", on_click=later)
    ui.button("Sign in", on_click=sign_in)
    ui.button("Fail", on_click=fail)
    for player in db.all(Player, base="first"):
        seat(player.name, key=player.id)


def main() -> None:
    """Click what the tests say."""
    agent.start(app)
    with User(app, patience=10).open("/") as user:
        print("ready", os.getpid(), flush=True)
        for line in sys.stdin:
            match line.strip():
                case "exit":
                    break
                case "raise":
                    raise RuntimeError("the program ends")
                case label:
                    user.click(label)
            print("done", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
