"""One trace from a press in one window to what another window draws, by way of the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core.tracing import Span
from hipflask.surfaces.pages import host_of
from hipflask.testing import User
from looking import Looking, looking


def until(found: Callable[[], bool]) -> None:
    """Wait for what happens in other threads."""
    end = time.monotonic() + 10
    while not found() and time.monotonic() < end:
        time.sleep(0.01)
    assert found()


def made(folder: Path) -> tuple[Hipflask, Store]:
    app = Hipflask("trace", root_path=str(folder))
    app.config["STORE"] = str(folder / "trace.sqlite")
    db = Store(app)

    class Player(db.Model):  # type: ignore[name-defined]
        name: Mapped[str]

    def rename() -> None:
        db.first(Player).update(name="What")

    @app.window("/")
    def window() -> None:
        if not db.count(Player):
            ui.button("Add", on_click=Player.create, args={"name": "Who"})
        for player in db.all(Player):
            ui.text(player.name)
        ui.button("Rename", on_click=rename)

    return app, db


def drawn_for(seen: Looking, commit: Span) -> list[Span]:
    """The drawings that this commit has caused."""
    return [span for span in seen.of("draw") if any(cause.origin == commit.origin for cause in span.causes)]


def test_a_press_leads_to_the_drawing_in_another_window(tmp_path: Path) -> None:
    """Event, handler, statement, commit, and the drawing of each window that shows the row, with the cause."""
    app, db = made(tmp_path)
    with User(app).open("/") as one, User(app).open("/") as other:
        one.click("Add")
        other.see("Who")
        with looking() as seen:
            one.click("Rename")
            other.see("What")
            until(
                lambda: (
                    bool(seen.of("commit"))
                    and len({s.session for s in drawn_for(seen, seen.of("commit")[0])}) == 2
                )
            )
    (commit,) = seen.of("commit")
    (event,) = [span for span in seen.of("event") if span.name.startswith("click")]
    (handler,) = [span for span in seen.of("handler") if span.origin == commit.parent]
    assert handler.origin.trace == event.origin.trace == commit.origin.trace
    updates = [span for span in seen.of("statement") if span.name == "UPDATE player"]
    assert [span.parent for span in updates] == [handler.origin]
    for drawing in drawn_for(seen, commit):
        assert drawing.origin.trace == event.origin.trace
        assert ("change", "player.name") in [cause[:2] for cause in drawing.causes]
        inside = [span for span in seen.of("statement") if span.parent == drawing.origin]
        assert "SELECT player" in [span.name for span in inside]
    host_of(app).close()
    db.close()
