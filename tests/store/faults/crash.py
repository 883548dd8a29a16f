"""Killed at every n-th write: run by test_store_crashes.py, on the disk that breaks.

A child takes the steps of a history and says after each that it is done; the disk kills it. Then another child opens what it left.
"Update" takes several commits: what is there may be the state before the step, after it, or after some of its commits.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from faulty import IS_LONG, KILL, TEAR, Disk, Step, Team, in_child, scratch, steps, take

from hipflask.store.backup.backup import backups_of, flaw


def run(folder: Path, history: list[Step], at: int, how: int, notes: Path) -> None:
    """Take all steps, noting the state before and after each, and be killed on the way."""
    team = Team(folder)
    with notes.open("w") as out:

        def note(**what: object) -> None:
            out.write(json.dumps(what) + "\n")
            out.flush()

        Disk(folder).break_at(at, how)
        for number, step in enumerate(history):
            take(team, step)
            note(done=number, state=team.state(), backups=[each.path.name for each in team.db.backups()])
        note(writes=Disk(folder).mend())
        team.db.close()


def look(folder: Path, history: list[Step], notes: Path) -> None:
    """What was left is whole: one of the states that the steps go through, from the last one that was done."""
    told = [json.loads(line) for line in notes.read_text().splitlines()]
    last = next((each for each in reversed(told) if "done" in each), {"done": -1, "state": {}, "backups": []})
    team = Team(folder)
    found = team.state()
    team.assert_sound()
    known = [{}, last["state"], *(each["state"] for each in told if "done" in each)]
    for backup in backups_of(team.file):
        assert flaw(backup.path) is None, backup
        assert state_in(backup.path) in known, backup
    there = {backup.path.name for backup in backups_of(team.file)}
    begun = history[last["done"] + 1] if last["done"] + 1 < len(history) else None
    if begun is None or begun[0] != "backup":  # which lets old ones go
        assert there >= set(last["backups"])
    else:
        assert there & set(last["backups"]) or not last["backups"]
    assert found in [last["state"], *after(folder, last["state"], begun)], (begun, last["state"], found)
    team.Player.create(name="Goes on")
    team.assert_sound()
    team.db.close()


def after(folder: Path, state: dict[str, int], step: Step | None) -> list[dict[str, int]]:
    """The states that are there during this step, or after it."""
    if step is None or step[0] == "backup":
        return [state]
    kind, number = step
    names = sorted(state)
    if kind == "create":
        return [{**state, f"New {number}": number}]
    if kind == "update":
        changed = names[: 1 + number % 3]
        return [{**state, **dict.fromkeys(changed[:upto], number)} for upto in range(1, len(changed) + 1)]
    if kind == "delete":
        return [{name: points for name, points in state.items() if name != names[0]}] if names else [state]
    if kind == "several":
        more = {name: points + 1 for name, points in state.items()}
        return [{**more, f"Both {number}": number, f"Or none {number}": number}]
    if kind == "bulk":
        return [{**state, **{f"Many {number} {each}": each for each in range(40)}}]
    return [state_in(backup.path) for backup in backups_of(folder / "team.sqlite") if not backup.is_replaced]


def state_in(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute("SELECT name, points FROM player"))


def main(seed: int, kills: int) -> None:
    """Kill a history at so many of its writes, spread over all of it."""
    base = scratch()
    history = steps(seed, 40 if IS_LONG else 24)
    try:
        folder, notes = base / "whole", base / "notes"
        folder.mkdir()
        assert in_child(lambda: run(folder, history, 0, KILL, notes)) == 0
        writes = json.loads(notes.read_text().splitlines()[-1])["writes"]
        assert in_child(lambda: look(folder, history, notes)) == 0
        count = min(kills, writes)
        for number in range(count):
            at, how = 1 + number * writes // count, (KILL, TEAR)[number % 2]
            shutil.rmtree(folder)
            folder.mkdir()
            code = in_child(lambda at=at, how=how: run(folder, history, at, how, notes))  # type: ignore[misc]
            if code == 0:
                continue  # keys and times are others, and so is the number of writes
            assert code == -signal.SIGKILL, code
            assert in_child(lambda: look(folder, history, notes)) == 0, f"killed at write {at} of {writes}"
        print(json.dumps({"writes": writes, "tried": count}))
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
