"""`python -m hipflask.testing.devices`: run seeds, some beside each other, and say which of them break a promise."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from .running import STEPS, Failure, counted, shortest, simulate, story


def main() -> int:
    """Run what the command line says; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m hipflask.testing.devices", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this one, and tell all that happens if it fails")
    parser.add_argument("--seeds", type=int, default=200, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--form", choices=["memory", "postgres"], default="memory")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if asked.seed is not None:
        return _one(asked.seed, asked.form, asked.steps)
    return _many(range(asked.first, asked.first + asked.seeds), asked.form, asked.steps, asked.workers)


def _one(seed: int, form: str, steps: int) -> int:
    failure = simulate(seed, form, steps)
    if failure is None:
        print(f"Seed {seed}: every promise was kept.")
        return 0
    for line in story(shortest(failure)):
        print(line)
    print(f"\n{shortest(failure)}")
    return 1


def _many(seeds: range, form: str, steps: int, workers: int) -> int:
    begun, failures, happened = time.monotonic(), list[Failure](), Counter[str]()
    with ProcessPoolExecutor(workers) as pool:
        for done, (failure, went) in enumerate(pool.map(counted, seeds, repeat(form), repeat(steps)), 1):
            happened.update(went)
            if failure is not None:
                failures.append(failure)
                print(f"{failure}\n", flush=True)
            if done % 100 == 0 or done == len(seeds):
                seconds = time.monotonic() - begun
                print(
                    f"{form}: {done:,} of {len(seeds):,} seeds, {len(failures)} failed, {seconds:,.0f} s",
                    flush=True,
                )
    for what, times in sorted(happened.items()):
        print(f"{times:>12,} {what}")
    return 1 if failures else 0


if __name__ == "__main__":
    if (
        os.environ.get("PYTHONHASHSEED") != "0"
    ):  # sets are in an order of their own in each process, and a seed is to mean one thing
        os.execve(
            sys.executable,
            [sys.executable, "-m", "hipflask.testing.devices", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
