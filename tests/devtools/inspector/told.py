"""A program as the inspector's window sees it, without one: it tells what it is given, and answers from what stands here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from hipflask.devtools.inspector import records as r
from hipflask.devtools.inspector.source import Standing

BEGAN = 1_790_000_000.0
MARKUP = "<img src=x onerror=alert(1)><b>Who</b>"


class Told:
    """A `Source` that is all in memory; what was asked of it stands in `asked`."""

    def __init__(self, records: Sequence[r.Recorded] = (), standing: Standing = "connected") -> None:
        self.records = list(records)
        self.standing: Standing = standing
        self.asked: list[tuple[Any, ...]] = []
        self.value = "3"
        self.is_over = True

    @property
    def sentence(self) -> str:
        return {
            "connected": "lineup.py (4711) answers.",
            "gone": "lineup.py (4711) has ended. What it told is kept here.",
        }.get(self.standing, "A report of lineup.py.")

    @property
    def title(self) -> str:
        return "lineup.py"

    def close(self) -> None:
        """Nothing is open."""

    def news(self, since: int) -> r.News:
        fresh = [each for each in self.records if each.number > since][:5000]
        return r.News(fresh, fresh[-1].number if fresh else since, 0, [])

    def programs(self) -> Sequence[r.Program]:
        return [r.Program(4711, "lineup", BEGAN, {"python": "3.13"}, "", True, True)]

    def choose(self, process: int | None) -> None:
        self.asked.append(("choose", process))

    def _there(self) -> None:
        if self.standing != "connected":
            raise r.Unanswered("The program has ended, so it cannot be asked.")

    def sessions(self) -> Sequence[r.Session]:
        self._there()
        return [
            r.Session("w1", "lineup", "lineup.py:21", "/", True, 34, 3, 12, 4.0, 1),
            r.Session("w2", "score", "lineup.py:60", "/score", False, 8, 0, 2, 0.0, 1),
        ]

    def tree(self, session: str) -> r.Node:
        self._there()
        if session == "w2":
            return _node(1, "root", children=[_node(2, "heading", label="Score", place="lineup.py:61")])
        seats = [
            _node(
                10 + nth, "part", part="seat", place="lineup.py:40", key=name,
                children=[_node(20 + nth, "text", label=name, place="lineup.py:41"),
                          _node(30 + nth, "button", label="Out", place="lineup.py:42", handlers={"click": "Player.delete"})],
            )
            for nth, name in enumerate(("Who", "What", "I Don't Know", MARKUP))
        ]  # fmt: skip
        head = _node(2, "heading", label="Line-up", place="lineup.py:22")
        row = _node(3, "row", place="lineup.py:23", children=[
            _node(4, "input", label="Name", place="lineup.py:24", props={"value": MARKUP}, handlers={"input": "State.set"}),
            _node(5, "button", label="Add", place="lineup.py:25", handlers={"click": "add"}),
        ])  # fmt: skip
        return _node(1, "root", part="lineup", place="lineup.py:21", children=[head, row, *seats])

    def states(self, session: str) -> Sequence[r.State]:
        self._there()
        return [
            r.State(
                "s1", "clicks = ui.state(0)", "lineup.py:22", "lineup", "int", self.value, True, ["w1 lineup"]
            ),
            r.State(
                "s2",
                "name = ui.state('')",
                "lineup.py:23",
                "lineup",
                "str",
                repr(MARKUP),
                True,
                ["w1 lineup"],
            ),
            r.State("s3", "pin", "lineup.py:24", "lineup", "str", r.MASKED, False, []),
            r.State(
                "s4",
                "score",
                "lineup.py:7",
                "",
                "dict",
                "{'home': 2, 'away': 1}",
                True,
                ["w1 lineup", "w2 score"],
            ),
        ]

    def set_state(self, session: str, state: str, text: str) -> r.State:
        self.asked.append(("set", session, state, text))
        if state == "s1" and not text.isdecimal():
            raise r.Unanswered(f"{text} is no int.")
        self.value = text
        return next(each for each in self.states(session) if each.id == state)

    def pick(self, session: str) -> r.Picked:
        self.asked.append(("pick", session))
        return r.Picked(session, [1, 12, 32], _node(32, "button", label="Out", place="lineup.py:42"))

    def stop_picking(self, session: str) -> None:
        self.asked.append(("stop", session))

    def figures(self) -> Sequence[r.Figure]:
        return [r.Figure("hipflask_sync_lag_seconds", {}, 0.4)]

    def frames(self, session: str) -> Sequence[r.Frame]:
        self._there()
        return [r.Frame(nth, BEGAN + nth, nth % 4, 90 * nth, _trace(1), _span(1)) for nth in range(1, 13)]

    def past(self, session: str, frame: int) -> r.Past:
        self._there()
        return r.Past(session, self.frames(session)[frame - 1], picture_of(frame), [
            r.State("s1", "clicks = ui.state(0)", "lineup.py:22", "lineup", "int", str(frame), True, []),
            r.State("s4", "score", "lineup.py:7", "", "dict", "{'home': 2, 'away': 1}", True, []),
        ])  # fmt: skip

    def store(self) -> r.Store:
        self._there()
        tables = [r.Table("player", 9, 8192, ["ix_player_base"]), r.Table("inning", 120_400, 9_100_000, [])]
        return r.Store(
            "/srv/who/lineup/instance/app.sqlite3",
            9_400_000,
            312_000,
            40_960,
            tables,
            "lineup.py:33",
            0.21,
            1,
        )

    def explain(self, record: int) -> r.Plan:
        self.asked.append(("explain", record))
        steps = [r.Step(2, 0, "SCAN inning", True), r.Step(5, 0, "USE TEMP B-TREE FOR ORDER BY", False)]
        return r.Plan("SELECT * FROM inning ORDER BY runs", steps)

    def live_queries(self) -> Sequence[r.LiveQuery]:
        self._there()
        readers = [r.Reader("w1", "lineup", "lineup.py:26"), r.Reader("w2", "score", "lineup.py:61")]
        return [
            r.LiveQuery(
                "SELECT player.* FROM player WHERE base = ? ORDER BY base",
                ["player"],
                {"base": MARKUP},
                readers,
            )
        ]

    def changes(self, before: int = 0, limit: int = 100) -> Sequence[r.Change]:
        self._there()
        newest = before or 451
        kinds = ("update", "insert", "delete")
        return [
            r.Change(
                nth,
                BEGAN + nth,
                "player",
                f"0192f3c4-{nth:04}",
                kinds[nth % 3],
                ["name", "base"][: nth % 2 + 1],
            )
            for nth in range(newest - 1, max(newest - 1 - limit, 0), -1)
        ]

    def sync(self) -> r.Sync:
        self._there()
        queue = [
            r.Waiting("player", "0192f3c4", "update", "", ""),
            r.Waiting("player", "0192aaaa", "insert", "unique", MARKUP),
        ]
        return r.Sync("offline", "The hub has not been reached for two minutes.", 2, 1, BEGAN, queue)

    def profile_program(self, seconds: float) -> int:
        self.asked.append(("profile", seconds))
        return 2

    def profile_calls(self, kind: Literal["handler", "draw", "task"], name: str, calls: int) -> int:
        self.asked.append(("profile", kind, name, calls))
        return 2

    def profiles(self) -> Sequence[r.Profile]:
        return [r.Profile(1, "handler save", BEGAN, 1.2, 1200, True, 5, [])]

    def profile(self, id: int) -> r.Profile:
        return r.Profile(id, "handler save", BEGAN, 1.2, 1200, True, 5, [calls()])

    def stop_profile(self, id: int) -> None:
        self.asked.append(("enough", id))

    def speedscope(self, id: int) -> str:
        return '{"$schema": "https://www.speedscope.app/file-format-schema.json"}'


def _node(id: int, kind: str, *, label: str = "", place: str = "", part: str = "", key: str = "", props: Any = None,
          handlers: Any = None, children: Sequence[r.Node] = ()) -> r.Node:  # fmt: skip
    return r.Node(
        id, kind, f"hf-{kind}", label, key, place, part, props or {}, handlers or {}, list(children)
    )


def _trace(nth: int) -> str:
    return f"{nth:032x}"


def _span(nth: int) -> str:
    return f"{nth:016x}"


def picture_of(frame: int) -> list[Any]:
    """What the screen showed."""
    return [1, "hf-root", {}, [
        [2, "h1", {"text": "Line-up", "attrs": {"id": "evil", "autofocus": True}}, []],
        [3, "hf-row", {"attrs": {"gap": "m"}}, [
            [4, "wa-input", {"label": "Name", "value": MARKUP, "field": "value", "on": {"input": "value"}}, []],
            [5, "wa-button", {"text": f"{frame} clicks", "variant": "brand", "on": {"click": None}, "attrs": {"aria-keyshortcuts": "Control+S"}}, []],
        ]],
        [15, "wa-icon", {"name": "star"}, []],
        [6, "wa-card", {}, [[7, "p", {"text": "Who is on first.", "style": {"position": "fixed", "top": "0"}}, []]]],
        [8, "img", {"src": "/static/logo.png", "alt": "Logo"}, []],
        [9, "my-knob", {"script": "/static/knob.js", "value": 3}, []],
        [10, "a", {"href": "/elsewhere", "live": True, "text": "Elsewhere"}, []],
        [11, "script", {"text": "alert(1)"}, []],
        [12, "p", {"innerHTML": MARKUP}, []],
        [13, "wa-dialog", {"label": "Sure?", "open": True}, [[14, "p", {"text": "There is no way back."}, []]]],
    ]]  # fmt: skip


def calls() -> r.Call:
    """Where the time went, in a handler that saves."""

    def call(name: str, place: str, own: float, *inside: r.Call) -> r.Call:
        return r.Call(name, place, own + sum(each.seconds for each in inside), own, list(inside))

    return call("_work", "hipflask/ui/handlers.py:230", 0.01,
        call("save", "lineup.py:33", 0.05,
            call("odds", "odds.py:12", 0.31,
                call("shuffle", "random.py:348", 0.12), call("rank", "odds.py:40", 0.2, call("sorted", "<built-in>:0", 0.04))),
            call("create", "hipflask/store/model.py:88", 0.02,
                call("execute", "sqlalchemy/engine/base.py:1400", 0.1, call("_execute_context", "sqlalchemy/engine/base.py:1800", 0.16)))),
        call("commit", "hipflask/store/engine.py:100", 0.09))  # fmt: skip


def story(times: int = 1) -> list[r.Recorded]:
    """What is recorded when somebody presses "save" so many times: event, handler, query, commit, drawings, frame, a line of a log."""
    told: list[r.Recorded] = []
    for nth in range(times):
        told += _pressed(nth, 10 * nth)
    return told


def _pressed(nth: int, base: int) -> list[r.Recorded]:
    at, trace = BEGAN + nth * 0.5, _trace(nth + 1)
    spans = {
        name: _span(100 * (nth + 1) + place)
        for place, name in enumerate(
            ("event", "handler", "commit", "insert", "draw", "seat", "select", "frame")
        )
    }

    def span(number: int, kind: str, name: str, of: str, parent: str, begins: float, ms: float, facts: Any = None, values: Any = None,
             causes: Sequence[r.Cause] = (), error: str = "") -> r.Span:  # fmt: skip
        return r.Span(base + number, 4711, at + begins / 1000, kind, name, "w1", trace, spans[of], facts or {}, values or {},
                      spans.get(parent, ""), ms / 1000, list(causes), error)  # fmt: skip

    change = r.Cause(
        "change",
        "player.name",
        trace,
        spans["commit"],
        {"key": f"0192f3c4-7a11-{nth:04}", "whose": "another process" if nth % 3 == 2 else "this process"},
    )
    error = f"ValueError: {MARKUP}" if nth % 7 == 3 else ""
    return [
        span(1, "statement", "INSERT player", "insert", "commit", 2.5, 0.4 + nth % 5, {"sql": "INSERT INTO player (name, base) VALUES (?, ?)", "rows": 1, "place": "lineup.py:34"}, {"parameters": MARKUP}),
        span(2, "commit", "commit", "commit", "handler", 2, 2.2 + nth % 3, {"waited": 0.0002, "held": 0.0021, "place": "lineup.py:34", "tables": {"player": 1}}),
        r.Log(base + 3, 4711, at + 0.004, ("INFO", "WARNING", "ERROR")[nth % 3], "lineup", "w1", trace, spans["handler"], {}, {},
              f"{MARKUP} plays on first", "lineup.py:35", "Traceback (most recent call last):\n  …" if nth % 3 == 2 else ""),
        span(4, "handler", "save", "handler", "event", 1, 12.5 + 150 * (nth % 9 == 8), {"place": "lineup.py:33", "functions": ["save"]}, error=error),
        span(5, "statement", "SELECT player", "select", "draw", 14.2, 1.1, {"sql": "SELECT * FROM player WHERE base = ? ORDER BY name", "rows": 9, "place": "lineup.py:26"}),
        span(6, "draw", "seat", "seat", "draw", 16, 0.8, {"place": "lineup.py:40", "of": "part"}, causes=[r.Cause("arguments", "player")]),
        span(7, "draw", "lineup", "draw", "handler", 14, 4.4, {"place": "lineup.py:21", "of": "part", "patches": 3}, causes=[change, r.Cause("state", "lineup.py:22", trace, spans["handler"])]),
        span(8, "frame", "frame", "frame", "event", 18.5, 7 + nth % 4, {"number": nth + 1, "bytes": 410 + nth, "patches": 3}, causes=[change]),
        span(9, "event", "click button", "event", "", 0, 27, {"event": "click", "element": "button", "node": 5, "place": "lineup.py:25"}, {"label": MARKUP if nth % 2 else "Save"}),
        r.Note(base + 10, 4711, at + 0.03, "state", "clicks", "w1", trace, spans["handler"], {"place": "lineup.py:22"}, {"before": str(nth), "after": str(nth + 1)}),
    ]  # fmt: skip
