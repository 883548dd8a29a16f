"""A program that writes without a pause and says each time what it has committed; somebody kills it: run by test_store_crashes.py."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from faulty import Team

if __name__ == "__main__":
    team = Team(Path(sys.argv[1]))
    choose = random.Random(int(sys.argv[2]))
    for number in range(1_000_000):
        name = f"Player {number}"
        if choose.random() < 0.3:
            with team.db.transaction():
                team.Player.create(name=name, points=number)
                team.db.first(team.Player, name=name).update(points=number + 1)
        else:
            team.Player.create(name=name, points=number + 1)
        if choose.random() < 0.2:
            team.db.first(team.db.select(team.Player).order_by(team.Player.name)).delete()
        print(number, flush=True)
