"""The power fails, or the disk is full, at every step of an update: what is there is the old version or the new one, whole.

HIPFLASK_LONG=1 tries every step; otherwise it is every seventh of the long ones.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shop import Program, Shop, layers

HERE = Path(__file__).parent
IS_LONG = os.environ.get("HIPFLASK_LONG") == "1"
STEPS = {"update": 1 if IS_LONG else 7, "well": 1 if IS_LONG else 3, "back": 1}
Script = Callable[..., dict[str, int]]


@pytest.fixture(scope="session")
def cutting(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Runs cuts.py on the computer that fails, and gives what it has seen."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler (cc), for a computer that fails when it is told to")
    library = tmp_path_factory.mktemp("power") / "power.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "power.c"), "-ldl"]
    subprocess.run(command, check=True)

    def run(*args: object) -> dict[str, int]:
        environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONWARNINGS": "error"}
        command = [sys.executable, str(HERE / "cuts.py"), *map(str, args)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600)
        assert done.returncode == 0, done.stderr[-6000:]
        seen: dict[str, int] = json.loads(done.stdout)
        return seen

    return run


def test_the_power_fails_at_every_step_of_an_update(cutting: Script, tmp_path: Path) -> None:
    """Before the last steps the old version runs, then the new one; never a part of either."""
    seen = cutting(tmp_path, "update", "power", "once", STEPS["update"])
    assert seen["1.0"] > 5 and seen["1.1"] >= 1 and seen["steps"] > 60


@pytest.mark.parametrize("work", ["well", "back"])
def test_the_power_fails_at_every_step_after_an_update(cutting: Script, tmp_path: Path, work: str) -> None:
    """While the health is noted and old layers are removed, and on the way back."""
    seen = cutting(tmp_path, work, "power", "once", STEPS[work])
    assert seen["steps"] > 5
    assert set(seen) == ({"1.1", "steps"} if work == "well" else {"1.0", "1.1", "steps"})


@pytest.mark.parametrize("stays", ["once", "stays"])
def test_the_disk_is_full_at_every_step_of_an_update(cutting: Script, tmp_path: Path, stays: str) -> None:
    """A sentence says so, nothing half is left, and with room the next one succeeds."""
    seen = cutting(tmp_path, "update", "ENOSPC", stays, STEPS["update"])
    assert seen["no room"] > 5 and seen["done"] >= 1
    assert set(seen) == {"no room", "done", "steps"}


def test_two_processes_update_at_once(tmp_path: Path) -> None:
    """Both want the same update: one does it, the other waits or says that somebody is at it; nothing is broken."""
    shop = Shop(tmp_path / "shop")
    program = Program.install(tmp_path / "Stock", shop, "1.0", layers("1.0"))
    shop.sell("1.1", layers("1.1", **{f"file{number}": os.urandom(500) for number in range(60)}))
    (program.folder / "root.json").write_bytes(program.root)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[5])\n"
        "from shop import Program; from hipflask.build.update.installation import Installation\n"
        "from hipflask.core.errors import UpdateError\n"
        "folder = Path(sys.argv[1]); root = (folder / 'root.json').read_bytes()\n"
        "program = Program(Installation.at(folder, sys.argv[2]), root, sys.argv[3])\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "try: print(program.update())\n"
        "except UpdateError as error: print(error)\n"
    )
    command = [
        sys.executable,
        "-c",
        code,
        str(program.folder),
        program.installation.key,
        program.url,
        "",
        str(HERE),
    ]
    both = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    said = [each.communicate("go\n", timeout=60) for each in both]
    assert all(out.strip() in ("True", "False") or "at an update already" in out for out, _ in said), said
    assert any(out.strip() == "True" for out, _ in said), said
    assert program.version == "1.1"
    assert program.current.previous == program.installation.key
