"""The benchmarks' own tools: what they read along, look at and count is what is there."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks import _absent, _clicks, _measure, _processes, _tap, _visitors, live_table, peers, rows
from benchmarks.bundles import freezers, programs, serving, wire

from hipflask import Hipflask, ui
from served import Served, served

FOLDER = Path(__file__).parent.parent / "benchmarks"
NAMES = [file.stem for file in sorted(FOLDER.glob("[!_]*.py")) if "\n    main(" in file.read_text("utf-8")]
news = ui.State("0 changes")


def make_app() -> Hipflask:
    app = Hipflask("hipflask_under_test")

    @app.window("/")
    def window() -> None:
        ui.text(news)

    @app.route("/change/<int:number>")
    def change(number: int) -> str:
        news.set(f"{number} changes")
        return "changed"

    return app


@pytest.fixture
def server() -> Iterator[Served]:
    news.set("0 changes")
    with served(make_app(), token="benchmark") as server:
        yield server


def test_there_are_benchmarks() -> None:
    """The two tests below look at something."""
    assert {"bundle", "click", "flood", "rows", "sessions", "start", "update_size", "web"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_is_explained(name: str) -> None:
    """It has its line in the table."""
    assert f"| `{name}.py` |" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("file", sorted((FOLDER / "pages").glob("*.py")), ids=lambda file: file.stem)
def test_every_page_is_python(file: Path) -> None:
    """Those of the peers, which are never imported here, too."""
    compile(file.read_text("utf-8"), file, "exec")


def test_peers_are_pinned_to_one_version() -> None:
    """Or a ratio would mean something else next month."""
    pins = peers.PINS | freezers.PINS | freezers.SLOW_PINS
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pins.values())


def frame(text: str, *, key: bytes = b"", first: int = 0x81) -> bytes:
    payload = text.encode()
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2, "big")
    if not key:
        return bytes([first]) + size + payload
    return bytes([first, size[0] | 0x80]) + size[1:] + key + _tap._unmasked(payload, key)


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_messages_are_read_however_they_are_cut(step: int) -> None:
    """Short and long ones, masked, in two frames, with a ping between."""
    long = "ä" * 300
    data = (
        frame("one")
        + frame(long, key=b"abcd")
        + frame("he", first=0x01)
        + b"\x89\x02hi"
        + frame("llo", first=0x80)
    )
    messages = _tap.Messages()
    heard = [text for i in range(0, len(data), step) for text in messages.of(data[i : i + step])]
    assert heard == ["one", long, "hello"]
    assert messages.pings == [b"hi"]


def test_percentiles_are_values_that_occurred() -> None:
    assert [_measure.percentile([3, 1, 2, 4], percent) for percent in (0, 50, 99, 100)] == [1, 2, 4, 4]


def test_a_round_of_rows_ends_where_it_began() -> None:
    """So that rounds can be compared; the steps say where the rows stand, which is done here to a plain list."""
    numbers = list(range(1, 1001))
    for step in (*rows.ROUND, rows.TIDY):
        match step.button:
            case "Swap":
                numbers[1], numbers[998] = numbers[998], numbers[1]
            case "Reverse":
                numbers.reverse()
            case "Remove":
                del numbers[499]
            case "Clear":
                numbers.clear()
            case "Create":
                numbers = list(range(1, 1001))
            case "Append":
                numbers += range(1001, 2001)
        assert len(numbers) == step.count
        assert {place: numbers[place] for place in step.numbers} == step.numbers
    assert numbers == list(range(1, 1001))


def test_a_crowd_is_live_sessions_that_follow(server: Served) -> None:
    """Each visitor has a session of its own, and a broadcast is over when all of them have been sent the change."""
    from hipflask.surfaces.pages import host_of

    async def visit() -> list[float]:
        crowd = _visitors.Crowd(server.port, _visitors.OurScreen)
        await crowd.enter(5, "benchmark")
        assert sum(session.connected for session in host_of(server.app).sessions()) == 5
        taken = [await crowd.all_see(f"{i} changes", f"/change/{i}") for i in (1, 2, 3)]
        crowd.leave()
        return taken

    assert all(0 < seconds < 10 for seconds in asyncio.run(visit()))


def test_a_person_clicks_without_a_browser(server: Served) -> None:
    """Each click waits for its answer; the page and its button are found by what a browser would be given."""

    @server.app.window("/clicks")
    def clicks() -> None:
        count = ui.state(0)
        with ui.row():
            ui.button("Click", on_click=lambda: count.update(lambda n: n + 1))
        ui.text(f"{count.value} clicks")

    async def visit() -> list[float]:
        client = _clicks.Clicks(server.port)
        await client.enter("benchmark")
        taken = await client.click("/clicks", 5)
        client.leave()
        return taken

    taken = asyncio.run(visit())
    assert len(taken) == 5
    assert all(0 < seconds < 10 for seconds in taken)


TELLING = """
def save(self):
    span = tracing.begin("handler", "save") if tracing.sinks else None
    if tracing.sinks and self.looks:
        self.tell()
    else:
        self.rest()
    with tracing.span("request", "GET /") as told, self.lock:
        if not tracing.sinks:
            self.quietly()
"""
BLIND = """
def save(self):
    span = None
    self.rest()
    told = None
    with self.lock:
        if not ():
            self.quietly()
"""


def test_what_tells_is_taken_out_of_a_program() -> None:
    """And nothing else: what is left is what would have been written if nobody could look."""
    assert _absent.without(TELLING) == BLIND.strip()


def test_the_package_without_what_tells_is_whole(tmp_path: Path) -> None:
    """A window is drawn by it, and nobody can be told of that."""
    code = """
import hipflask.ui.live
from hipflask import Hipflask, ui
from hipflask.core import tracing
from hipflask.testing import User

class Ear:
    began = ended = noted = lambda self, heard: exit(f"{heard.kind} was told")

tracing.add(Ear())
app = Hipflask("blind")

@app.window("/")
def window():
    clicks = ui.state(0)
    ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))

with User(app) as user:
    user.open("/")
    user.click("0 clicks")
    user.see("1 clicks")
print(hipflask.__file__)
"""
    copy = _absent.make(tmp_path)
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == str(copy / "hipflask" / "__init__.py"), said.stderr + said.stdout


@pytest.mark.parametrize("name", ["HELLO", "POKER", "INVENTORY"])
def test_the_line_that_is_changed_is_in_the_example(name: str, tmp_path: Path) -> None:
    """Once, and the page shows it; the example itself stays as it is."""
    program = getattr(programs, name)
    program.copy(tmp_path)
    program.change(tmp_path)
    changed = (tmp_path / program.file).read_text("utf-8")
    original = (programs.EXAMPLES / program.file).read_text("utf-8")
    assert changed.count(program.changed) == original.count(program.line) == 1
    assert program.shown not in original and program.shown in changed
    with pytest.raises(SystemExit, match="must have"):
        program.change(tmp_path)


def test_every_byte_that_a_server_sends_is_counted(tmp_path: Path) -> None:
    """Also of an answer that there is nothing; what is counted is what arrives."""
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    with wire.Wire(tmp_path) as counted:
        with urllib.request.urlopen(f"{counted.url}/file") as answer:
            arrived = len(answer.read())
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{counted.url}/nothing")
        arrived += len(missing.value.read())
        missing.value.close()
        assert arrived > 100_000
        assert (counted.content, counted.paths) == (arrived, ["/file", "/nothing"])
        assert counted.heads > 100
        counted.forget()
        assert (counted.content, counted.heads, counted.paths) == (0, 0, [])


BUILT = """
from hipflask import Hipflask, ui
app = Hipflask("built")

@app.window("/")
def window(): ui.text("Good morning")

app.run()
"""


def test_a_start_lasts_until_the_page_has_been_read(tmp_path: Path) -> None:
    """A program that runs from its source is started like one that was built; one that serves no window is no start."""
    (tmp_path / "built.py").write_text(BUILT)
    home = serving.Home(tmp_path / "home")
    visit = home.start([sys.executable, tmp_path / "built.py"], cold=[tmp_path / "built.py"])
    assert "Good morning" in visit.page
    assert 20 < visit.milliseconds < 60_000
    with pytest.raises(SystemExit, match="named no address"):
        home.start([sys.executable, "-c", "print('nothing to see')"])


def test_a_program_is_as_large_as_its_files(tmp_path: Path) -> None:
    """Links take nothing; a program in one file is that file."""
    (tmp_path / "one" / "deep").mkdir(parents=True)
    (tmp_path / "one" / "deep" / "file").write_bytes(b"12345")
    (tmp_path / "one" / "program").write_bytes(b"123")
    (tmp_path / "one" / "link").symlink_to("program")
    assert serving.size_of(tmp_path / "one") == 8
    assert serving.size_of(tmp_path / "one" / "program") == 3


def test_what_is_on_the_screen_is_stale_for_as_long_as_it_is_older_than_it_may_be() -> None:
    """Seconds of 1,000 ms, in which a batch is committed and painted at these moments."""

    def share(*paints: tuple[float, float]) -> float:
        return live_table.stale_share([(5000 + since, 5000 + at) for since, at in paints], 5000, 1000)

    assert share() == 1  # nothing was painted
    assert share(*((at, at + 10) for at in range(0, 1000, 20))) == 0
    assert share((0, 10)) == 0.75  # and then no more
    assert share((-500, 100), (0, 250), (300, 500), (600, 900)) == pytest.approx(0.15 + 0.25 + 0.35 + 0.1)
    assert share((990, 1000)) == 0.75  # late, and of the end only


STUCK = """
import sys, time
from benchmarks import _measure, _servers

def measure(quick):
    with _servers.Server("any", sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1") as server:
        print(server.process.pid, flush=True)
        time.sleep(60)

_measure.main("A benchmark that is not done for a minute.", measure)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without asking them")
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]])
def test_a_benchmark_that_is_ended_takes_its_servers_along(signals: list[signal.Signals]) -> None:
    """Also if it is told twice, as by Ctrl+C and then by the process that runs all of them."""
    benchmark = subprocess.Popen([sys.executable, "-c", STUCK], cwd=FOLDER.parent, stdout=subprocess.PIPE)
    with benchmark:
        assert benchmark.stdout is not None
        server = int(benchmark.stdout.readline())
        for number in signals:
            benchmark.send_signal(number)
        assert benchmark.wait(20) == 128 + signals[0]
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_what_processes_cost_is_read_from_the_system() -> None:
    """One that computes keeps a processor busy; its children are found by their names."""
    code = "import time; data = bytearray(50_000_000); end = time.process_time() + 0.5\nwhile time.process_time() < end: pass\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        watched = _processes.Processes([process.pid])
        assert process.pid in _processes.below(os.getpid(), "python")
        assert process.pid not in _processes.below(os.getpid(), "another")
        end = time.monotonic() + 20
        while watched.cores() * (seconds := time.monotonic() - end + 20) < 0.4 and time.monotonic() < end:
            time.sleep(0.05)
        assert 0.3 < watched.cores() * seconds < 1
        assert 50 < watched.memory_mb() < 200
        process.communicate(b"\n")
