"""A store's file with a flipped bit, cut off, or full of something else: run by test_store_damage.py.

Whatever is asked of it, an error is one of ours; and where SQLite can tell that something is wrong, `check` tells, and no backup is made.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from faulty import Team, in_child, scratch

from hipflask.core.errors import HipflaskError


def is_sound(file: Path) -> bool:
    """What SQLite itself says."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])
    except (sqlite3.Error, UnicodeDecodeError):  # its message may quote what is no text
        return False


def asked(work: Callable[[], Any]) -> Any:
    """The answer, or the error, which has to be one of ours with a sentence of ours."""
    try:
        return work()
    except HipflaskError as error:
        assert str(error).endswith((".", ".)", "?")), error
        return error


def look(folder: Path, truth: dict[str, int], good: Path) -> str:
    """Ask the store all kinds of things; what became of it in one word."""
    sound = is_sound(folder / "team.sqlite")
    team = Team(folder)
    problems = team.db.check()
    assert problems or sound, "SQLite finds something, and check does not"
    state = asked(team.state)
    made = asked(team.db.backup)
    assert isinstance(made, HipflaskError) or is_sound_enough(made), "a damaged store was backed up"
    asked(lambda: team.Player.create(name="New"))
    asked(lambda: team.db.export(team.Player, folder / "out.jsonl"))
    team.db.close()
    restored = asked(lambda: team.db.restore(good))
    assert not isinstance(restored, HipflaskError), restored
    assert team.state() == truth
    team.db.close()
    if isinstance(state, HipflaskError):
        return type(state).__name__
    return "same" if state == truth else "found" if problems else "another value"


def is_sound_enough(made: Path) -> bool:
    """A backup may hold values that break a CHECK, but no damage."""
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


def places(size: int, count: int, seed: int) -> list[int]:
    """Bytes all over a file, and more of its header and of the tops of its pages, where most can go wrong."""
    choose = random.Random(seed)
    spread = [size * number // count + choose.randrange(max(size // count, 1)) for number in range(count)]
    tops = [page + choose.randrange(16) for page in range(0, size, 4096)]
    return sorted({*range(0, 100, max(1, 2000 // count)), *tops, *(min(place, size - 1) for place in spread)})


def main(kind: str, count: int, seed: int) -> None:
    base = scratch()
    folder = base / "store"
    folder.mkdir()
    try:
        team = Team(folder)
        team.fill(300)
        truth = team.state()
        good = team.db.backup().rename(base / "good.sqlite")
        team.db.close()
        whole = team.file.read_bytes()
        broken = flipped(whole, count, seed) if kind == "flipped" else cut(whole, count, seed)

        def work() -> None:
            seen: Counter[str] = Counter()
            for what, content in broken:
                shutil.rmtree(folder)
                folder.mkdir()
                (folder / "team.sqlite").write_bytes(content)
                try:
                    seen[look(folder, truth, good)] += 1
                except BaseException as error:
                    raise AssertionError(f"{kind}: {what}") from error
            print(json.dumps(seen), flush=True)

        assert in_child(work) == 0
    finally:
        shutil.rmtree(base, ignore_errors=True)


def flipped(whole: bytes, count: int, seed: int) -> list[tuple[str, bytes]]:
    choose = random.Random(seed)
    found = []
    for place in places(len(whole), count, seed):
        bit = choose.randrange(8)
        content = bytearray(whole)
        content[place] ^= 1 << bit
        found.append((f"bit {bit} of byte {place}", bytes(content)))
    return found


def cut(whole: bytes, count: int, seed: int) -> list[tuple[str, bytes]]:
    choose = random.Random(seed)
    lengths = {
        *range(0, len(whole), 4096),
        1,
        15,
        16,
        99,
        100,
        *(choose.randrange(len(whole)) for _ in range(count)),
    }
    return [(f"cut to {length} bytes", whole[:length]) for length in sorted(lengths)]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
