"""Ways to make a list unique: each right, each timed in a Python of its own, at every door and in the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipflask.testing import User

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICK = {"values": 2, "least_seconds": 0.0005}
ITEMS = st.one_of(
    st.lists(st.integers(-5, 5)),
    st.lists(st.text(max_size=2)),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2))),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=ITEMS)
def test_every_way_makes_a_list_unique(uniquify: ModuleType, items: list[object]) -> None:
    expected = list(dict.fromkeys(items))
    for way in uniquify.window.WAYS.values():
        before = list(items)
        answer = way.function(items)
        assert type(answer) is list
        assert items == before, f"{way.name} has changed the list"
        if way.keeps_order:
            assert answer == expected, way.name
        else:
            assert sorted(answer) == sorted(expected), way.name


def test_both_families_are_there(uniquify: ModuleType) -> None:
    ways = uniquify.window.WAYS.values()
    assert sum(way.keeps_order for way in ways) >= 6
    assert sum(not way.keeps_order for way in ways) >= 4
    assert {"from_dict", "from_set"} <= {way.name for way in ways}
    assert len({way.title for way in ways}) == len(ways)


@pytest.mark.parametrize("kind", ["int", "float", "str", "long str", "tuple"])
def test_a_list_is_as_it_was_asked_for(uniquify: ModuleType, kind: str) -> None:
    timing = uniquify.timing
    task = timing.Task(size=1000, duplicates=0.75, kind=kind)
    items = timing.make_items(task)
    assert (len(items), len(set(items))) == (1000, 250)
    assert items == timing.make_items(task), "every process has the same"
    assert len(set(timing.make_items(timing.Task(size=3, duplicates=1.0, kind=kind)))) == 1


def test_every_process_times_every_way(uniquify: ModuleType) -> None:
    timing = uniquify.timing
    task = timing.Task(size=50, ways=("from_dict", "from_set", "scan"), **QUICK)
    samples = list(timing.measure(task, processes=2))
    assert sorted(sample.way for sample in samples) == ["from_dict", "from_dict", "from_set", "from_set", "scan", "scan"]  # fmt: skip
    assert [sample.done for sample in samples] == pytest.approx([n / 6 for n in range(1, 7)])
    assert all(len(sample.seconds) == 2 and min(sample.seconds) > 0 for sample in samples)


def test_nobody_measures_any_more_once_it_is_called_off(uniquify: ModuleType) -> None:
    timing = uniquify.timing
    ways = ("from_dict", "from_set")
    samples = timing.measure(timing.Task(size=10, ways=ways, **QUICK), processes=1000)
    next(samples)
    samples.close()
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True
    )
    assert "timing.py" not in children.stdout


def test_a_way_that_is_wrong_is_not_timed(uniquify: ModuleType) -> None:
    """The process looks at each answer first."""
    timing = uniquify.timing
    with pytest.raises(timing.WorkerFailed, match="KeyError: 'no_such_way'"):
        list(timing.measure(timing.Task(size=10, ways=("no_such_way",), **QUICK), 1))
    with pytest.raises(SystemExit, match="does not make a list unique"):
        wrong = uniquify.window.WAYS["from_dict"].__class__(
            "from_dict", "dict", lambda items: items, True, False
        )
        sys.modules["ways"] = type(sys)("ways")
        sys.modules["ways"].WAYS = {"from_dict": wrong}  # type: ignore[attr-defined]
        try:
            timing.work(timing.Task(size=10, duplicates=0.5, ways=("from_dict",)))
        finally:
            del sys.modules["ways"]


def test_figures_say_whether_they_can_be_trusted(uniquify: ModuleType) -> None:
    figures = uniquify.timing.figures
    assert figures([1.0, 1.01, 1.02, 1.03]).is_steady
    assert not figures([1.0, 1.5, 2.0, 3.0]).is_steady
    assert figures([1.0]).median == 1.0


def test_the_shell_answers_and_keeps_the_run(uniquify: ModuleType) -> None:
    run = uniquify.app.test_cli_runner().invoke
    answer = run(args=["uniquify", "--size", "20", "--processes", "1", "--order", "kept", "--json"])
    rows = json.loads(answer.stdout)
    assert rows[0]["times"] == 1.0
    assert {row["order"] for row in rows} == {"kept"}
    assert [row["microseconds"] for row in rows] == sorted(row["microseconds"] for row in rows)
    assert {"from_dict", "scan"} <= {row["way"] for row in rows}
    with uniquify.app.app_context():
        kept = uniquify.db.first(uniquify.window.RUNS)
        assert (kept.size, kept.is_whole, kept.processes) == (20, True, 1)
        assert uniquify.db.count(uniquify.window.timings(kept.id)) == len(rows)
    assert run(args=["uniquify", "--size", "0"]).exit_code == 2


def test_a_long_list_is_spared_the_slow_ways(uniquify: ModuleType) -> None:
    names = uniquify.asking.names_of
    assert "scan" in names("any", 5_000)
    assert "scan" not in names("any", 5_001)


def test_it_is_answered_aloud(uniquify: ModuleType) -> None:
    """One process, since nobody waits for long."""
    command = [sys.executable, "-m", "hipflask.cli", "--app", "uniquify", "talk", "--no-voice"]
    said = subprocess.run(
        command,
        cwd=EXAMPLES,
        input="what is the fastest way to uniquify a list\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert "If the order does not matter: a" in said or "It keeps the order, too" in said
    with uniquify.app.app_context():
        assert uniquify.db.first(uniquify.window.RUNS).processes == 1


def test_the_window_measures_shows_and_compares(uniquify: ModuleType) -> None:
    with User(uniquify.app, patience=60) as user:
        user.open("/")
        user.see("Nothing has been measured yet")
        user.click("Measure")
        user.see("Microseconds for one list")
        user.see("by the length of the list")
        runs = user.table("Runs")
        assert runs.column("Items") == ["10,000", "1,000"]
        runs.select("10,000", "1,000")
        compared = user.table("Compared")
        assert "2 to 1" in compared.headings
        assert "The keys of a dict" in compared.column("Way")


def test_two_pythons_are_compared(uniquify: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same ways by each, side by side, with a file of both to take along."""
    window = uniquify.window
    found = {uniquify.timing.this_python(): sys.executable, "Python 9.9": sys.executable}
    monkeypatch.setattr(window, "pythons", lambda: found)
    with User(uniquify.app, patience=60) as user:
        user.open("/")
        user.choose("Lengths", "10 items")
        user.click("Measure")
        user.choose("Python", "Python 9.9")
        user.click("Measure")
        runs = user.table("Runs")
        assert runs.column("Python")[0] == "9.9"
        runs.select("9.9", runs.column("Python")[1])
        user.see("1: 10 items of int, 50% duplicates, Python 9.9")
        user.see("Microseconds for one list, run by run")


def test_what_was_found_is_exported(uniquify: ModuleType, tmp_path: Path) -> None:
    """From the window as a file, from shell and web as JSON: the machine, the Python and every figure."""
    invoke = uniquify.app.test_cli_runner().invoke
    assert invoke(args=["uniquify", "--size", "20", "--processes", "1", "--json"]).exit_code == 0
    with User(uniquify.app) as user:
        user.open("/")
        user.will_choose(tmp_path / "found.json")
        user.click("Export…")
    [run] = json.loads((tmp_path / "found.json").read_text())
    assert (run["size"], run["processes"], run["python"]) == (20, 1, uniquify.timing.this_python())
    assert run["machine"]
    assert len(run["timings"]) == len(uniquify.window.WAYS)
    assert all(row["low"] <= row["median"] <= row["high"] for row in run["timings"])
    assert json.loads(invoke(args=["runs", "--json"]).stdout) == [run]
    assert uniquify.app.test_client().get("/runs").get_json() == [run]
    assert invoke(args=["runs", "--newest", "0"]).exit_code == 2


def test_other_pythons_are_found_and_what_is_none_is_not(
    uniquify: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of that name that fails, says nothing or is no program is passed over."""
    for name, text in {
        "python3.12": "#!/bin/sh\necho Python 3.12.99\n",
        "python3.13": "#!/bin/sh\necho Python 3.13.99\nexit 127\n",
        "python3.14": "no program",
    }.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(uniquify.timing, "_folders", lambda: [str(tmp_path)])
    found = uniquify.timing.pythons()
    assert list(found) == [uniquify.timing.this_python(), "Python 3.12.99"]
