"""`hipflask serve --metrics` as a process, asked as Prometheus asks it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

CANARY = "hunter2"
APP = """
from hipflask import Hipflask, ui
app = Hipflask("shop")

@app.api("/on/<base>")
def on(base: str) -> str:
    if base == "wrong":
        raise ValueError(base)
    return base
"""


class Served:
    """An app that is served, with what it has said until it was ready."""

    def __init__(self, folder: Path, *options: str) -> None:
        (folder / "app.py").write_text(APP)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hipflask.cli", "--app", "app", "serve", "--port", "0", *options],
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        self.said = ""
        for line in self.process.stderr:
            self.said += line
            if "Ctrl+C" in line:
                break

    def sign_in(self) -> None:
        """Open the address that it printed, which leaves a cookie."""
        found = re.search(r"(http://127\.0\.0\.1:\d+)/\?_token=\S+", self.said)
        assert found, self.said
        self.address, self._opener = found[1], build_opener(HTTPCookieProcessor())
        self._status(found[0])

    def get(self, path: str) -> int:
        return self._status(self.address + path)

    def _status(self, address: str) -> int:
        try:
            with self._opener.open(address, timeout=20) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code

    def figures(self) -> str:
        found = re.search(r"Figures: (\S+)", self.said)
        assert found, self.said
        with urlopen(found[1], timeout=20) as answer:
            return str(answer.read().decode())

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, "--metrics", "0")
    yield served
    served.close()


def test_requests_are_counted(served: Served) -> None:
    """By their rules, never by what stands in an address; with what they ended by."""
    served.sign_in()
    assert served.get(f"/on/{CANARY}?word={CANARY}") == 200
    assert served.get("/on/second") == 200
    assert served.get("/on/wrong") == 500
    text = served.figures()
    families = {family.name: family for family in parse(text)}
    counted = {
        sample.labels["name"]: sample.value
        for sample in families["hipflask_duration_seconds"].samples
        if sample.name.endswith("_count") and sample.labels["kind"] == "request"
    }
    assert counted["GET /on/<base>"] == 3
    assert CANARY not in text
    assert "process_resident_memory_bytes" in families or sys.platform != "linux"


def test_not_with_debug(tmp_path: Path) -> None:
    """What is loaded anew would begin to count anew: it says so."""
    (tmp_path / "app.py").write_text(APP)
    words = [sys.executable, "-m", "hipflask.cli", "--app", "app", "serve", "--debug", "--metrics", "0"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "--metrics does not go with --debug" in done.stderr


def test_without_the_library(tmp_path: Path) -> None:
    """It says what to install."""
    (tmp_path / "app.py").write_text(APP)
    program = (
        "import sys; sys.modules['prometheus_client'] = None; from hipflask.cli import main; "
        "sys.argv[1:] = ['--app', 'app', 'serve', '--port', '0', '--metrics', '0']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and "pip install hipflask[telemetry]" in done.stderr


def test_nothing_is_counted_or_loaded_unasked(tmp_path: Path) -> None:
    """Without the option there is no port, no sink and no library."""
    program = (
        "import sys; from hipflask.core import tracing; from hipflask.cli import serve; import hipflask.surfaces.server; "
        "assert not tracing.sinks and 'prometheus_client' not in sys.modules and 'hipflask.telemetry.figures' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, timeout=60, check=True)
