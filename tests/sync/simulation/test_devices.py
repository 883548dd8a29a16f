"""Many histories of devices, hubs and faults: nothing that was acknowledged is lost or doubled, and everybody ends with what is his."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import mutations
import pytest

from hipflask.testing.devices import Broken, Failure, simulate, try_out
from hipflask.testing.devices.example import example
from hipflask.testing.devices.running import shortest, story

TREE = Path(__file__).parents[3]

# Connections, devices, files, the hub; and what came of it where somebody was in the middle of something.
KINDS = {
    *("break_both", "break_here", "break_there", "cut", "double", "reorder"),
    *(
        "kill",
        "kill_soon",
        "fill",
        "jump",
        "inbox",
        "prune",
        "newcomer",
        "copy",
        "keep",
        "put_back",
        "upgrade",
    ),
    *("stop_process", "take_over", "keep_hub", "put_back_hub", "forget", "hurt"),
    *("killed_writing", "killed_at_a_statement", "killed_recovering", "had_no_room", "hub_gave_up"),
}


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    # A process of its own, in which sets are in the order in which a seed is replayed.
    return subprocess.run(
        [sys.executable, "-m", "hipflask.testing.devices", *arguments],
        cwd=TREE,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(TREE / "src")},
        capture_output=True,
        text=True,
    )


def test_every_promise_is_kept_in_memory() -> None:
    """A few hundred short histories, in which everything that can go wrong does; `make soak` has twenty thousand long ones."""
    done = _run("--seeds", "300", "--steps", "80")
    assert done.returncode == 0, done.stdout + done.stderr
    happened = {
        line.split()[1]: int(line.split()[0].replace(",", ""))
        for line in done.stdout.splitlines()[-len(KINDS) :]
    }
    assert {*happened} == KINDS and all(happened.values()), done.stdout


def test_every_promise_is_kept_on_postgresql() -> None:
    """A few histories on the real hub; `make soak` has five hundred."""
    done = _run("--form", "postgres", "--seeds", "10", "--steps", "50")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_app_tries_out_its_own_models() -> None:
    """Models of one's own live through it as the example's do, and what breaks them says which seed it was."""
    try_out(example(), range(2), steps=60)
    with (
        mutations.without("pending columns overlay"),
        pytest.raises(Broken, match=r"Seed \d+, 160 steps: 3, 5: "),
    ):
        try_out(example(), range(20), steps=160)


@pytest.mark.parametrize("protection", ["pending columns overlay", "scopes: nothing outside", "touches"])
def test_a_protection_that_is_missing_is_missed(protection: str) -> None:
    """Without it, some seed breaks a promise. `python -m tests.sync.simulation.mutations` takes out all of them."""
    assert mutations.caught(protection, range(40)) is not None


def test_a_failure_is_told_and_made_short() -> None:
    """It names its seed and the command that leads there again, in as few steps as still do; and each time it is the same."""
    with mutations.without("pending columns overlay"):
        failure = next(filter(None, (simulate(seed, steps=160) for seed in range(20))))
        short = shortest(failure)
        again = simulate(short.seed, short.form, short.steps)
        told = story(short)
    assert isinstance(again, Failure)
    assert (again.problem, short.steps <= failure.steps) == (short.problem, True)
    assert f"--seed {short.seed} --form memory --steps {short.steps}" in str(short)
    assert any("hears: Checkpoint" in line for line in told)
