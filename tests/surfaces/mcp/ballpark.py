"""An app for assistants, and messages as clients of both eras write them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import flask

from hipflask import Hipflask, Mapped, Reply, Store, progress
from hipflask.surfaces.mcp.calls import Client
from hipflask.surfaces.mcp.protocol import Protocol
from hipflask.surfaces.mcp.wire import CAPABILITIES, STATELESS, VERSION, Message, Params

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
ERAS = ("handshake", "stateless")


@dataclass
class Player:
    """Who plays where."""

    name: str
    base: str


LINEUP = [Player("Who", "first"), Player("What", "second")]


def make_app() -> Hipflask:
    app = Hipflask("ballpark")

    @app.tool(read_only=True)
    def who_is_on(base: Literal["first", "second"], since: Annotated[int, "a year"] = 2026) -> str:
        """Who plays at this base?

        Since a year.
        """
        return f"{next(each.name for each in LINEUP if each.base == base)} since {since}."

    @app.tool()
    def players(limit: int = 2) -> list[Player]:
        return LINEUP[:limit]

    @app.tool("pitch", title="Throw it", destructive=True)
    def throw(speed: Annotated[int, "miles an hour"]) -> None:
        """Throw."""

    @app.tool()
    def broken() -> None:
        raise KeyError("the secret 4711")

    @app.tool()
    def refused() -> None:
        flask.abort(409, "The game is over.")

    @app.tool()
    def liar() -> int:
        return "seven"  # type: ignore[return-value]

    @app.tool()
    def count(n: int, pause: float = 0.0) -> int:
        for done in range(n):
            progress(done + 1, n, "innings")
            time.sleep(pause)
        return n

    @app.tool()
    def chatty() -> str:
        app.logger.warning("It rains.")
        return "said"

    @app.tool()
    def quitter() -> None:
        raise SystemExit(3)

    @app.tool()
    def half_a_letter() -> str:
        return "half \ud83d of it"

    @app.tool()
    def reply() -> Reply:
        return Reply(LINEUP[0], speech="Who is on first.")

    @app.tool()
    def picture() -> bytes:
        return PNG

    @app.resource("lineup://players", mime_type="application/json")
    def everybody() -> list[Player]:
        """All of them."""
        return LINEUP

    @app.resource("lineup://players/{base}")
    def player(base: Literal["first", "second"]) -> Player | None:
        return next((each for each in LINEUP if each.base == base), None)

    @app.resource("notes://{+path}")
    def note(path: str) -> str:
        return f"the note {path}" if path != "absent" else flask.abort(404)

    @app.prompt()
    def coach(team: str, tone: Literal["kind", "strict"] = "kind") -> list[Any]:
        """What a coach says."""
        return [f"I coach {team}.", ("assistant", f"I will be {tone}.")]

    return app


def with_store(folder: Path) -> tuple[Hipflask, Store, Callable[[], list[str]]]:
    """An app with tools that write, its store, and what has been written."""
    app = Hipflask("scorebook", instance_path=str(folder))
    db = Store(app)

    class Score(db.Model):
        team: Mapped[str]

    @app.tool()
    def write(team: str, fails: bool = False) -> str:
        Score.create(team=team)
        if fails:
            raise RuntimeError("after writing")
        return team

    @app.tool()
    def write_slowly(team: str, cooperates: bool, seconds: float = 5.0) -> str:
        Score.create(team=team)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if cooperates:
                progress(seconds - (end - time.monotonic()), seconds)
            time.sleep(0.01)
        return team

    @app.tool()
    def scores() -> list[Score]:
        return db.all(db.select(Score))

    @app.resource("scores://{team}")
    def of_team(team: str) -> int:
        return len(db.all(db.select(Score).where(Score.team == team)))

    def written() -> list[str]:
        with app.app_context(), app.actions.unit_of_work():
            return [each.team for each in db.all(db.select(Score))]

    return app, db, written


class Asker:
    """Somebody who asks the protocol itself, without any transport."""

    def __init__(self, app: Hipflask, era: str) -> None:
        self.protocol = Protocol(app, app.actions)
        self.client = Client(version="2025-11-25" if era == "handshake" else None)
        self.era = era
        self.told: list[Params] = []
        self._last = 0

    def message(self, method: str, params: Params | None = None, meta: Params | None = None) -> Message:
        self._last += 1
        meta = {**(envelope() if self.era == "stateless" else {}), **(meta or {})}
        return Message(method, {**(params or {}), **({"_meta": meta} if meta else {})}, self._last)

    def answer(self, method: str, params: Params | None = None, meta: Params | None = None) -> Params:
        """The whole answer."""
        call = self.protocol.ask(self.message(method, params, meta), self.client, self.told.append)
        answer = self.protocol.answer(call)
        assert answer is not None
        assert answer["id"] == self._last
        return answer

    def result(self, method: str, params: Params | None = None, meta: Params | None = None) -> Params:
        answer = self.answer(method, params, meta)
        assert "result" in answer, answer
        content: Params = answer["result"]
        return content

    def error(self, method: str, params: Params | None = None, meta: Params | None = None) -> Params:
        answer = self.answer(method, params, meta)
        assert "error" in answer, answer
        told: Params = answer["error"]
        return told

    def call(self, name: str, **arguments: Any) -> Params:
        return self.result("tools/call", {"name": name, "arguments": arguments})

    def text(self, name: str, **arguments: Any) -> str:
        (block,) = self.call(name, **arguments)["content"]
        text: str = block["text"]
        return text


def envelope(**more: Any) -> Params:
    """What a request of the stateless era says of itself."""
    return {VERSION: STATELESS[0], CAPABILITIES: {}, **more}


@contextmanager
def quiet(app: Hipflask) -> Iterator[None]:
    """An app whose log is not shown where its errors are expected."""
    app.logger.disabled = True
    try:
        yield
    finally:
        app.logger.disabled = False
