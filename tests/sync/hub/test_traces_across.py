"""One trace from a press on one device, by way of two hub processes and PostgreSQL, to the window of another device."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from databases import new_database
from hubs import Hub, first, shell
from replicas import ByHand
from spanlines import told
from sqlalchemy.orm import mapped_column
from tinyhub import pushed

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core import tracing
from hipflask.core.tracing import Note, Origin, Span
from hipflask.sync.messages import Ack, Checkpoint, Push
from hipflask.testing import User

HERE = str(Path(__file__).parent)
LOOKING = f"import sys; sys.path.insert(0, {HERE!r}); import spanlines"
GOOD = Origin(0xABC, 0xDEF).traceparent


class Sink:
    """Remembers what is told in this process, where both devices are."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []

    def began(self, span: Span) -> None:
        pass

    def ended(self, span: Span) -> None:
        self.spans.append(told(span))

    def noted(self, note: Note) -> None:
        pass


class Device:
    """A laptop with a window onto the notes."""

    def __init__(self, folder: Path, port: int, token: str) -> None:
        folder.mkdir()
        self.app = Hipflask("notes", root_path=str(folder), instance_path=str(folder / "instance"))
        self.app.config.update(
            STORE=str(folder / "notes.sqlite"), HUB_URL=f"http://127.0.0.1:{port}", HUB_TOKEN=token
        )
        self.db = db = Store(self.app)

        class Note(db.Model):  # type: ignore[misc,name-defined]
            id: Mapped[str] = mapped_column(primary_key=True)
            text: Mapped[str]

        @self.app.window("/")
        def notes() -> None:
            for note in db.all(db.select(Note)):
                ui.text(note.text, key=note.id)
            ui.button("Write", on_click=lambda: Note.create(id="one", text="Who is on first?"))

    def close(self) -> None:
        self.db.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    tracing.add(sink)
    yield sink
    tracing.remove(sink)


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[Callable[[str, int, str], Device]]:
    made: list[Device] = []

    def device(name: str, port: int, url: str) -> Device:
        token = shell(url, "token", "issue", name).strip()
        made.append(Device(tmp_path / name, port, token))
        return made[-1]

    yield device
    for each in made:
        each.close()


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What is found, once it is."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return value


def lines(file: Path) -> list[dict[str, Any]]:
    """What a hub process has written down."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_one_trace_goes_across(
    database_url: str, tmp_path: Path, devices: Callable[[str, int, str], Device], sink: Sink
) -> None:
    """From a press, by its commit, push, two hub processes and a checkpoint, to what is drawn in the other window."""
    files = tmp_path / "first.spans", tmp_path / "second.spans"
    with (
        Hub(database_url, before=LOOKING, SPANS=str(files[0])) as one,
        Hub(database_url, before=LOOKING, SPANS=str(files[1])) as two,
    ):
        here, there = devices("ann", one.port, database_url), devices("bob", two.port, database_url)
        with User(here.app).open("/") as ann, User(there.app, patience=30).open("/") as bob:
            until(lambda: there.db.sync.status.state == "synced" and here.db.sync.status.state == "synced")
            sink.spans.clear()
            ann.click("Write")
            bob.see("Who is on first?")
            until(lambda: _of(sink.spans, "checkpoint"))
        pushed = until(lambda: _of(lines(files[0]), "hub push"))[0]
        versions = until(lambda: _of([*lines(files[0]), *lines(files[1])], "hub version"))
        news = until(
            lambda: [each for each in _of(lines(files[1]), "hub news") if each["trace"] == pushed["trace"]]
        )
    push = _of(sink.spans, "push")[0]
    commit = next(each for each in _of(sink.spans, "commit") if each["span"] == push["parent"])
    assert commit["facts"]["tables"] == {"note": 1}
    assert pushed["parent"] == push["span"]
    assert any(pushed["span"] in each["causes"] and each["parent"] == pushed["span"] for each in versions)
    assert news[0]["parent"] == pushed["span"]
    checkpoints = [each for each in _of(sink.spans, "checkpoint") if each["parent"] == pushed["span"]]
    assert checkpoints, "no device has gone on with the trace"
    written = [
        each for each in _of(sink.spans, "commit") if each["parent"] in {c["span"] for c in checkpoints}
    ]
    assert any(each["facts"]["tables"] == {"note": 1} for each in written)
    drawn = [each for each in _of(sink.spans, "draw") if {*each["causes"]} & {w["span"] for w in written}]
    assert drawn and {each["trace"] for each in drawn} == {push["trace"]}


def _of(spans: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [span for span in spans if span["kind"] == kind]


def test_a_hub_where_nobody_looks_hands_it_on(database_url: str) -> None:
    """A hub that is not looked into passes a device's trace on to others, in whichever process they are; and nothing where there was none."""
    with (
        Hub(database_url) as one,
        Hub(database_url) as two,
        _replica(one.port, database_url, "ann") as ann,
        _replica(two.port, database_url, "bob") as bob,
    ):
        ann.say(*_traced(GOOD, *pushed(1, "a")))
        assert bob.until(Checkpoint)[-1].traces == (GOOD,)
        assert ann.until(Checkpoint)[-1].traces == (GOOD,)
        ann.say(*pushed(2, "b"))
        assert bob.until(Checkpoint)[-1].traces == ()


@pytest.mark.parametrize(
    "trace",
    [
        GOOD + "-secret",
        GOOD.upper(),
        GOOD.replace("0def", "xdef"),
        "ff" + GOOD[2:],
        f"00-{0:032x}-{1:016x}-01",
        f"00-{1:032x}-{0:016x}-01",
        "\x00" + GOOD[1:],
        GOOD[:-1] + "\n",
        "\U0001f9e8" * 55,
        "'; DROP TABLE hipflask.outbox; --",
        GOOD * 60_000,
    ],
    ids=lambda trace: ascii(trace[:70])[:40],
)
def test_whatever_a_replica_says_of_a_trace(full_hub: tuple[Hub, str], trace: str) -> None:
    """What is no traceparent to the letter is nothing: the push is applied, and nobody is told a word of it."""
    hub, url = full_hub
    key = str(time.monotonic_ns())
    with _replica(hub.port, url, "eve") as eve, _replica(hub.port, url, "bob") as bob:
        eve.say(*_traced(trace, *pushed(1, key)))
        assert eve.until(Ack)[-1] == Ack(1, [])
        assert bob.until(Checkpoint)[-1].traces == ()
        with psycopg.connect(url) as connection:
            assert connection.execute(
                "SELECT count(*) FROM hipflask.delta WHERE scope = 'traces'"
            ).fetchone() == (0,)


def test_what_is_no_text_ends_the_connection(full_hub: tuple[Hub, str]) -> None:
    """A trace that is a number, a list or bytes is a message that cannot be read, as any other part of a push would be."""
    hub, url = full_hub
    part = pushed(1, "z")[0]
    with _replica(hub.port, url, "eve") as eve:
        eve.socket.send(msgspec.msgpack.encode(["push", 1, 0, 1, part.body, 0, [GOOD] * 9]))
        assert eve.end()[1] == 1008


def test_few_traces_are_told(full_hub: tuple[Hub, str]) -> None:
    """However many pushes come before a checkpoint, it names the newest eight at most, each once."""
    hub, url = full_hub
    with _replica(hub.port, url, "ann") as ann, _replica(hub.port, url, "bob") as bob:
        traces = [Origin(1000 + number, 7).traceparent for number in range(30)]
        for number, trace in enumerate(traces, 1):
            ann.say(*_traced(trace, *pushed(number, f"few {number}")))
            ann.until(Ack)
        heard: list[str] = []
        while traces[-1] not in heard:
            told_now = bob.until(Checkpoint)[-1].traces
            assert len(told_now) <= 8 and len({*told_now}) == len(told_now)
            heard += told_now
        assert {*heard} <= {*traces}


@pytest.fixture(scope="module")
def full_hub(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """A hub that several tests ask, one after the other."""
    with new_database(server) as url, Hub(url) as hub:
        yield hub, url


def _replica(port: int, url: str, user: str) -> ByHand:
    """One that has heard its first checkpoint."""
    token = shell(url, "token", "issue", user).strip()
    replica = ByHand(port, token)
    replica.say(first())
    replica.until(Checkpoint)
    return replica


def _traced(trace: str, *parts: Push) -> list[Push]:
    return [Push(part.number, part.part, part.parts, part.body, part.now, trace) for part in parts]
