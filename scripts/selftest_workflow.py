"""Write `.github/workflows/selftest.yml`, which opens a real window on each system: `python scripts/selftest_workflow.py`.

Each system differs from the others in what it must install first and in what the command is wrapped into. That
difference is the table below, and a test compares the file with what this script would write.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent.parent / ".github" / "workflows" / "selftest.yml"
SELFTEST = "hipflask --app examples/hello.py run --selftest"
PYTHONS = ("3.11", "3.14")


@dataclass(frozen=True)
class System:
    """One kind of machine: what to install there, and the screen to run on."""

    runner: str
    shell: str
    install: str = ""
    prefix: str = ""


SYSTEMS = (
    System("windows-latest", "webview"),
    System("macos-latest", "webview"),
    System(
        "ubuntu-latest",
        "webkitgtk",
        "sudo apt-get update && sudo apt-get install -y libwebkit2gtk-4.1-0 xvfb",
        "xvfb-run --auto-servernum ",
    ),
)

HEAD = """\
# Written by scripts/selftest_workflow.py: change that file and run it.
name: Selftest
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:
permissions:
  contents: read
jobs:
"""

JOB = """\
  {name}:
    runs-on: {runner}
    timeout-minutes: 15
    strategy:
      fail-fast: false
      matrix:
        python: [{pythons}]
    env:
      HIPFLASK_SHELL: {shell}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{{{ matrix.python }}}}
{install}      - run: pip install .
      - name: Open a window, press its button, and see the answer
        run: {command}
"""

INSTALL = """\
      - name: Install the system's web view and a screen
        run: {install}
"""


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(workflow(), encoding="utf-8", newline="\n")


def workflow() -> str:
    """The whole file."""
    return HEAD + "\n".join(map(job, SYSTEMS))


def job(system: System) -> str:
    """The part about one system."""
    return JOB.format(
        name=system.runner.partition("-")[0],
        runner=system.runner,
        shell=system.shell,
        pythons=", ".join(f'"{python}"' for python in PYTHONS),
        install=INSTALL.format(install=system.install) if system.install else "",
        command=system.prefix + SELFTEST,
    )


if __name__ == "__main__":
    main()
