"""`hipflask build --ci github`: a workflow that builds on one Linux machine, and installs and starts the result on every system.

    hipflask build --ci github > .github/workflows/bundles.yml

What was never started on a system is not known to start there. So each job installs what people will install, starts it with
`--selftest` (it opens its window, loads it, clicks, writes to its store, and ends with 0), and takes it away again.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from .project import Project

_WORKFLOW = """\
# Written by `hipflask build --ci github`.
name: Bundles
on:
  push:
    tags: ["*"]
  workflow_dispatch:
permissions:
  contents: read
env:
  NAME: {name}
  PROGRAM: {program}
jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # Commands that sign need their secrets here, as in:
    # env:
    #   SIGNING_TOKEN: ${{{{ secrets.SIGNING_TOKEN }}}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.14"
      - uses: actions/cache@v4
        with:
          path: ~/.cache/hipflask
          key: hipflask-${{{{ hashFiles({lock}) }}}}
          restore-keys: hipflask-
      - name: Install what installers are made with
        run: sudo apt-get update && sudo apt-get install -y nsis wixl
      - run: pip install "hipflask[build]"
      - name: Build for every system
        working-directory: {folder}
        run: hipflask --app {app} build --target all --output "$RUNNER_TEMP/bundles"
      - uses: actions/upload-artifact@v4
        with:
          name: bundles
          # Folders beside these are the bundles themselves, of which the files are made.
          path: |
            ${{{{ runner.temp }}}}/bundles/*.exe
            ${{{{ runner.temp }}}}/bundles/*.zip
            ${{{{ runner.temp }}}}/bundles/*.deb
            ${{{{ runner.temp }}}}/bundles/*.tar.gz
          if-no-files-found: error
"""

_JOB = """\

  {system}:
    needs: build
    runs-on: ${{{{ matrix.runner }}}}
    timeout-minutes: 15
    strategy:
      fail-fast: false
      matrix:
        include:
{machines}
    steps:
      - uses: actions/download-artifact@v4
        with:
          name: bundles
{steps}      - name: Say so
        if: always()
        shell: bash
        run: |
          echo "{system} on ${{{{ matrix.runner }}}} (${{{{ matrix.machine }}}}): **${{{{ job.status }}}}**" >> "$GITHUB_STEP_SUMMARY"
"""

# The launcher has no console, so a plain call would not wait for it. Start-Process waits for its children too: an
# uninstaller goes on in a copy of itself.
_WINDOWS = """\
      - name: Install
        shell: pwsh
        run: |
          $setup = (Get-ChildItem "*-windows-${{ matrix.machine }}-setup.exe").FullName
          $done = Start-Process -FilePath $setup -ArgumentList "/S" -Wait -PassThru
          if ($done.ExitCode -ne 0) { throw "The setup file has ended with $($done.ExitCode)." }
          if (-not (Test-Path "$env:LOCALAPPDATA\\Programs\\$env:NAME\\$env:NAME.exe")) { throw "Nothing was installed." }
      - name: Start
        shell: pwsh
        timeout-minutes: 5
        run: |
          $program = "$env:LOCALAPPDATA\\Programs\\$env:NAME\\$env:NAME.exe"
          $done = Start-Process -FilePath $program -ArgumentList "--selftest" -Wait -PassThru -RedirectStandardError errors.txt
          Get-Content errors.txt
          if ($done.ExitCode -ne 0) { throw "The self-test has ended with $($done.ExitCode)." }
      - name: Remove
        shell: pwsh
        run: |
          $home_folder = "$env:LOCALAPPDATA\\Programs\\$env:NAME"
          Start-Process -FilePath "$home_folder\\Uninstall.exe" -ArgumentList "/S" -Wait
          if (Test-Path $home_folder) { Get-ChildItem -Recurse $home_folder; throw "Something has stayed behind." }
"""

_MACOS = """\
      - name: Unpack
        run: ditto -x -k *-macos-${{ matrix.machine }}.zip unpacked
      - name: Start
        timeout-minutes: 5
        run: |
          "unpacked/$NAME.app/Contents/MacOS/$NAME" --selftest
"""

_LINUX = """\
      - name: Install
        run: |
          sudo apt-get update
          sudo apt-get install -y xvfb ./*_${{ matrix.debian }}.deb
      - name: Start
        timeout-minutes: 5
        run: |
          xvfb-run --auto-servernum "$PROGRAM" --selftest
      - name: Remove
        run: |
          sudo apt-get purge -y {package}
          test ! -e /opt/{package}
"""

_RUNNERS = {
    "windows": (("windows-latest", "x86_64"), ("windows-11-arm", "aarch64")),
    "macos": (("macos-latest", "aarch64"), ("macos-15-intel", "x86_64")),
    "linux": (("ubuntu-latest", "x86_64"), ("ubuntu-24.04-arm", "aarch64")),
}
_DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
_ROW = "          - {{ runner: {runner}, machine: {machine}, debian: {debian} }}"


def github(project: Project) -> str:
    """The text of the workflow for a project; the same for the same project."""
    folder = _within_repository(project.folder)
    steps = {"windows": _WINDOWS, "macos": _MACOS, "linux": _LINUX.replace("{package}", project.id)}
    head = _WORKFLOW.format(
        name=json.dumps(project.name),
        program=json.dumps(project.program),
        folder=json.dumps(folder.as_posix()),
        lock=f"'{_in_expression((folder / 'hipflask.lock').as_posix())}'",
        app=shlex.quote(_app_of(project)),
    )
    return head + "".join(
        _JOB.format(system=system, machines=_machines(system), steps=text) for system, text in steps.items()
    )


def _machines(system: str) -> str:
    return "\n".join(
        _ROW.format(runner=runner, machine=machine, debian=_DEBIAN[machine])
        for runner, machine in _RUNNERS[system]
    )


def _app_of(project: Project) -> str:
    """What `--app` is to say in the project's folder: a path where the source is in a folder of its own."""
    module, colon, attribute = project.app.partition(":")
    source = project.source.resolve().relative_to(project.folder.resolve()).as_posix()
    return (module if source == "." else f"{source}/{module}") + colon + attribute


def _within_repository(folder: Path) -> Path:
    """The project's folder as the repository's root sees it, where the workflow begins."""
    folder = folder.resolve()
    for root in (folder, *folder.parents):
        if (root / ".git").exists():
            return folder.relative_to(root)
    return Path()


def _in_expression(text: str) -> str:
    return text.replace("'", "''")
