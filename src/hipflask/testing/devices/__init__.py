"""Many devices, a hub and a bad network between them, in one process and with a seed: what becomes of an app's rows?

    from hipflask.testing.devices import try_out

    def test_nothing_is_lost():
        try_out(db, range(50))          # fifty histories with the models of your app

In each, people write random rows on several devices while connections break, processes are killed at any statement, disks are full,
clocks jump, files are copied and put back, other programs write into the database, and the hub is put back to its backup. Each
seed decides about everything, so a failure names the seed that leads to it again. Devices are real SQLite files; the hub is `MemoryHub`, which
is independent of the real one, or the real one on PostgreSQL (`form="postgres"`).

    python -m hipflask.testing.devices --seeds 1000                    the example's models, on all processors
    python -m hipflask.testing.devices --seed 17 --form postgres       one seed, and all that happens if it fails

What is promised, and thereby checked, is in `docs/topics/sync-promises.md`.
"""

from .memory import MemoryHub
from .running import Failure, simulate, try_out
from .simulation import Devices
from .world import Broken

__all__ = ["Broken", "Devices", "Failure", "MemoryHub", "simulate", "try_out"]
