"""Looking into a program that runs in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from hipflask.devtools.inspector import door, questions, records
from hipflask.devtools.inspector.live import Live
from hipflask.devtools.inspector.records import Unanswered

SCRIPT = Path(__file__).with_name("inspected.py")
CANARY = "hunter2"

T = TypeVar("T")


class Inspected:
    """The program, and somebody at its window."""

    def __init__(self, address: door.Address, folder: Path) -> None:
        environment = {**os.environ, door.VARIABLE: str(address), "INSPECTED_FOLDER": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.heard()

    def heard(self) -> str:
        """What it says next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def click(self, label: str) -> None:
        """Have somebody click, and wait until that is painted."""
        self.say(label)
        assert self.heard() == "done\n"

    def say(self, line: str) -> None:
        """Have it do something."""
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.communicate()


def _until(get: Callable[[], T], holds: Callable[[T], bool] = bool) -> T:
    end = time.monotonic() + 15
    while not holds(found := get()):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def address() -> Iterator[door.Address]:
    """Where the processes of a program are looked into."""
    address = door.new_address()
    yield address
    shutil.rmtree(address.folder)


@pytest.fixture(scope="module")
def inspected(address: door.Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    """The program."""
    inspected = Inspected(address, tmp_path_factory.mktemp("inspected"))
    yield inspected
    inspected.end()


@pytest.fixture(scope="module")
def live(inspected: Inspected, address: door.Address) -> Iterator[Live]:
    """An inspector that looks into it."""
    live = Live(str(address))
    yield live
    live.close()


@pytest.fixture(scope="module")
def name(live: Live) -> str:
    """Its session."""
    (session,) = live.sessions()
    return session.name


def test_a_program_says_what_it_is(live: Live, inspected: Inspected) -> None:
    """Its name, its process and its versions."""
    (program,) = live.programs()
    assert (live.standing, program.name, program.process) == ("connected", "inspected", inspected.process.pid)
    assert program.has_store
    assert program.versions["python"].startswith("3.")
    assert "inspected" in live.sentence
    assert live.title == "inspected"


def test_a_handler_is_seen_with_all_that_came_of_it(live: Live, inspected: Inspected, name: str) -> None:
    """From the click to the frame, in one trace."""
    inspected.click("Press")
    news = _until(lambda: live.news(0), lambda news: any(each.kind == "changes" for each in news.records))
    (handler,) = [each for each in news.records if each.kind == "handler"]
    assert isinstance(handler, records.Span)
    together = {each.kind for each in news.records if each.trace == handler.trace}
    assert {"event", "handler", "statement", "commit", "draw", "state"} <= together
    draws = [
        each
        for each in news.records
        if isinstance(each, records.Span) and each.kind == "draw" and each.causes
    ]
    assert {cause.kind for draw in draws for cause in draw.causes} >= {"state", "change"}
    assert handler.session == name
    assert [each.number for each in news.records] == list(range(1, len(news.records) + 1))
    assert live.news(news.newest).records == [] or live.news(news.newest).records[0].number == news.newest + 1


def test_a_tree_knows_the_lines_that_drew_it(live: Live, name: str) -> None:
    """With its components, handlers and props."""
    tree = live.tree(name)
    (part,) = tree.children
    assert (part.kind, part.part) == ("part", "lineup")
    button = next(node for node in part.children if node.label == "Press")
    assert button.place == _place('ui.button("Press"')
    assert "press (inspected.py:" in button.handlers["click"]
    field = next(node for node in part.children if node.kind == "input")
    assert field.props["value"] == records.MASKED


def _place(text: str) -> str:
    """The line of the program that has this text."""
    lines = SCRIPT.read_text().splitlines()
    return next(f"inspected.py:{number}" for number, line in enumerate(lines, 1) if text in line)


def test_a_state_can_be_set(live: Live, inspected: Inspected, name: str) -> None:
    """By what a person writes; the window follows."""
    state = next(state for state in live.states(name) if state.name == "clicks")
    assert (state.type, state.can_set, state.part) == ("int", True, "lineup")
    assert state.place == _place("clicks = ui.state")
    assert state.readers == [f"{name} lineup"]
    assert live.set_state(name, state.id, "41").text == "41"
    _until(lambda: repr(live.tree(name)), lambda seen: "41 clicks" in seen)
    for text in ("'many'", "many", "None", "1.5", "", "[" * 4_000):
        with pytest.raises(Unanswered):
            live.set_state(name, state.id, text)
    assert next(each for each in live.states(name) if each.id == state.id).text == "41"


def test_shared_states_are_there_too(live: Live, name: str) -> None:
    """And are set for everybody."""
    state = next(state for state in live.states(name) if state.name == "shared")
    assert state.part == ""
    live.set_state(name, state.id, "7")
    _until(lambda: repr(live.tree(name)), lambda seen: "7 shared" in seen)


def test_a_secret_state_is_neither_shown_nor_set(live: Live, name: str) -> None:
    """By its name."""
    state = next(state for state in live.states(name) if state.name == "password")
    assert (state.text, state.can_set) == (records.MASKED, False)
    with pytest.raises(Unanswered, match="secret"):
        live.set_state(name, state.id, "'other'")


def test_one_can_go_back(live: Live, inspected: Inspected, name: str) -> None:
    """To any frame, with the states of that time."""
    before = live.frames(name)[-1].number
    inspected.click("Press")
    frames = _until(lambda: live.frames(name), lambda frames: frames[-1].number > before)
    clicks = [
        next(state.text for state in live.past(name, frame.number).states if state.name == "clicks")
        for frame in (frames[0], frames[-1])
    ]
    assert clicks == ["0", "42"]
    assert "0 clicks" in repr(live.past(name, frames[0].number).tree)
    with pytest.raises(Unanswered, match="not kept"):
        live.past(name, 10_000)


def test_a_statement_is_explained_with_its_parameters(live: Live) -> None:
    """On a connection that cannot write."""
    statement = next(
        each
        for each in live.news(0).records
        if each.name == "SELECT player" and "WHERE" in each.values["sql"]
    )
    plan = live.explain(statement.number)
    assert [step.detail for step in plan.steps] == ["SCAN player"]
    assert plan.steps[0].is_scan
    insert = next(each for each in live.news(0).records if each.name == "INSERT player")
    rows = _rows(live)
    live.explain(insert.number)
    assert _rows(live) == rows


def _rows(live: Live) -> int:
    return next(table.rows for table in live.store().tables if table.name == "player")


def test_the_store_is_seen(live: Live) -> None:
    """Its tables, its log, and who follows what."""
    store = live.store()
    assert store.bytes > 0
    assert next(table.rows for table in store.tables if table.name == "player") >= 1
    (query,) = [query for query in live.live_queries() if query.tables == ["player"]]
    assert query.readers[0].part == "lineup"
    assert query.parameters == {"base": "'first'"}
    change = live.changes()[0]
    assert (change.table, change.kind) == ("player", "insert")
    assert live.changes(before=change.number, limit=1)[0].number < change.number
    with pytest.raises(Unanswered, match="no hub"):
        live.sync()


def test_an_error_and_its_log_are_there(live: Live, inspected: Inspected) -> None:
    """As text, with the handler that it was in."""
    inspected.click("Fail")
    log = _until(
        lambda: [each for each in live.news(0).records if isinstance(each, records.Log) and each.traceback]
    )[0]
    assert "RuntimeError" in log.traceback
    handler = next(each for each in live.news(0).records if each.name == "fail")
    assert isinstance(handler, records.Span)
    assert handler.error.startswith("RuntimeError: it went wrong")
    assert log.span == handler.span


def test_no_secret_leaves_the_process(
    live: Live, inspected: Inspected, address: door.Address, name: str
) -> None:
    """Not by any question that there is."""
    inspected.click("Sign in")
    _until(lambda: [each for each in live.news(0).records if each.kind == "audit"])
    (_, file), *_ = address.doors()
    line = door.connect(address, file)
    asked: list[Any] = [
        questions.WhatsNew(0),
        questions.Sessions(),
        questions.Tree(name),
        questions.States(name),
        questions.Figures(),
        questions.Store(),
        questions.LiveQueries(),
        questions.Changes(0, 1000),
        questions.Profiles(),
        *(questions.Past(name, frame.number) for frame in live.frames(name)),
    ]
    for question in asked:
        line.send(questions.encode_question(question))
        answer = line.receive()
        assert not msgspec.msgpack.decode(answer)[0]
        assert CANARY.encode() not in answer, question
    line.close()


def test_profiles_of_handlers_and_drawings(live: Live, inspected: Inspected) -> None:
    """Of one that is async, too; as a tree, and as a file of speedscope's."""
    press = live.profile_calls("handler", "lineup.<locals>.press", 2)
    later = live.profile_calls("handler", "later", 1)
    draw = live.profile_calls("draw", "lineup", 1)
    whole = live.profile_program(0.5)
    with pytest.raises(Unanswered, match="already"):
        live.profile_program(1)
    for label in ("Press", "Later", "Press"):
        inspected.click(label)
    for id, where in ((press, "press"), (later, "later"), (whole, "work")):
        profile = _over(live, id)
        work = _find(profile.threads, "work")
        assert work is not None, profile
        assert work.place == _place("def work")
        assert work.seconds > 0.02
        assert _find(profile.threads, where) is not None
    assert live.profile(press).calls == 2
    assert _seconds(live.profile(later).threads, "[await]") > 0.03
    assert _over(live, draw).calls == 1
    file = json.loads(live.speedscope(press))
    assert file["$schema"].endswith("file-format-schema.json")
    (tree,) = file["profiles"]
    assert sum(event["type"] == "O" for event in tree["events"]) * 2 == len(tree["events"])
    assert all(
        one["at"] <= other["at"] for one, other in zip(tree["events"], tree["events"][1:], strict=False)
    )
    assert max(event["at"] for event in tree["events"]) <= tree["endValue"] + 1e-9
    assert {profile.id for profile in live.profiles()} == {press, later, draw, whole}


def _over(live: Live, id: int) -> records.Profile:
    return _until(lambda: live.profile(id), lambda found: found.is_over)


def _seconds(calls: list[records.Call], function: str) -> float:
    return sum(
        call.seconds if call.function == function else _seconds(call.children, function) for call in calls
    )


def _find(calls: list[records.Call], function: str) -> records.Call | None:
    for call in calls:
        if call.function.endswith(function):
            return call
        if (found := _find(call.children, function)) is not None:
            return found
    return None


def test_a_profile_can_be_stopped(live: Live) -> None:
    """Before there was a call."""
    id = live.profile_calls("handler", "nobody calls this", 5)
    live.stop_profile(id)
    profile = live.profile(id)
    assert profile.is_over
    assert profile.problem
    with pytest.raises(Unanswered):
        live.speedscope(id)


def test_gauges_are_there(live: Live) -> None:
    """By Prometheus's names."""
    assert any(figure.name == "hipflask_sessions" for figure in live.figures())


@pytest.mark.parametrize("how", ["kill", "exit", "raise"])
def test_what_a_program_told_outlives_it(how: str, tmp_path: Path) -> None:
    """However it ends; the inspector says so, and goes on with the next one."""
    address = door.new_address()
    first = Inspected(address, tmp_path)
    live = Live(str(address))
    try:
        first.click("Press")
        _until(lambda: [each for each in live.news(0).records if each.kind == "handler"])
        kept = live.news(0).newest
        if how == "kill":
            os.kill(first.process.pid, signal.SIGKILL)
        else:
            first.say(how)
        first.process.communicate()
        _until(lambda: live.standing, lambda standing: standing == "gone")
        assert "has ended" in live.sentence
        assert live.news(0).newest >= kept
        assert live.news(0).running == []
        with pytest.raises(Unanswered, match="has ended"):
            live.sessions()
        if how == "kill":
            _goes_on(live, address, first, tmp_path)
    finally:
        live.close()
        first.end()
        shutil.rmtree(address.folder)


def _goes_on(live: Live, address: door.Address, first: Inspected, folder: Path) -> None:
    """The next process is found, and what the one before had told is still that one's."""
    second = Inspected(address, folder)
    try:
        _until(lambda: live.standing, lambda standing: standing == "connected")
        assert live.sessions()
        assert [program.is_there for program in live.programs()] == [True, False]
        assert live.news(0).records[0].process == first.process.pid
        statement = next(each for each in live.news(0).records if each.kind == "statement")
        with pytest.raises(Unanswered, match="has ended"):
            live.explain(statement.number)
        second.click("Press")
        _until(lambda: [each for each in live.news(0).records if each.process == second.process.pid])
    finally:
        second.end()


def test_several_may_look_at_once(live: Live, address: door.Address) -> None:
    """And see the same."""
    others = [Live(str(address)) for _ in range(3)]
    try:
        for other in others:
            assert other.sessions() == live.sessions()
    finally:
        for other in others:
            other.close()


def test_nothing_is_imported_where_nobody_looks(tmp_path: Path) -> None:
    """Not a line of the inspector, nor pyinstrument."""
    asked = (
        "import sys\nfrom hipflask import Hipflask, ui\napp = Hipflask('x')\n@app.window('/')\ndef window(): ui.text('x')\n"
        "app.test_client().get('/')\n"
        "print([name for name in sys.modules if 'inspector' in name or 'pyinstrument' in name])"
    )
    environment = {name: value for name, value in os.environ.items() if name != door.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout == "[]\n"
