"""Signing, by a command of the project's: since 2023 the keys of most certificates cannot leave a device or a service.

    [tool.hipflask.hooks]
    sign-windows = "osslsigncode-in-place --pkcs11 … {file}"
    sign-macos = "rcodesign sign --shallow --p12-file company.p12 … {file}"
    notarize-macos = "company-notarize {file} {app}"

A command is split as a POSIX shell would, but no shell runs it: `{file}`, `{name}` and `{version}` are put into its arguments
afterwards, so a file with a space in its name stays one argument. It changes the file where it stands. It runs in the
project's folder, and has nothing to ask questions with: one that waits for a password ends instead.

What is inner is signed before what is outer, since a signature covers what is inside: the native files of each layer
(`sign_layer`, before the layer is read and gets its id), then the launcher, then the installer around them.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ..core.errors import BuildError
from ..core.words import join
from .project import Project
from .targets import Target

HOOKS = ("sign-windows", "sign-macos", "sign-linux", "notarize-macos")
SECONDS = {"notarize-macos": 3600.0}  # Apple's service takes minutes, and an hour on a bad day
_SECONDS = 300.0
_LIMIT = "HIPFLASK_HOOK_SECONDS"
_LAST_LINES = 12
_LAST_BYTES = 8192
_SHORTEST_SECRET = 4  # a shorter one would blacken half of the output, and keeps nothing
_SECRET = re.compile(r"pass|secret|token|key|pin|credential", re.IGNORECASE)
_PLACES = ("file", "name", "version")


def sign(project: Project, hook: str, file: Path, **places: str) -> None:
    """Have a file signed by the command that the project has for it, if it has one; raises BuildError if that fails.

    `hook` is one of `HOOKS`; `places` are more words in braces that this hook may use.
    """
    if hook not in HOOKS:
        raise BuildError(f"{hook!r} is no hook. There are {join(HOOKS, 'and')}.")
    command = project.hooks.get(hook)
    if command is None:
        return
    known = dict(zip(_PLACES, (str(file.absolute()), project.name, project.version), strict=True)) | places
    arguments = _arguments(hook, command, known)
    _run(project, hook, command, arguments, file)
    if not file.exists():
        raise BuildError(
            f"{hook} has left no {file.name} behind. The command must change the file in its place: {command}"
        )


def sign_layer(project: Project, target: Target, folder: Path) -> None:
    """Have the native files in a layer's folder signed, where the target knows such a thing: before the layer is read.

    A signature changes the file, and so the layer's id. On Windows, what its maker has signed already stays as it is; on
    macOS everything is signed anew, because Apple's notaries take no signature but the publisher's.
    """
    hook = f"sign-{target.system}"
    is_wanted = {"windows": _is_unsigned_pe, "macos": _is_mach_o}.get(target.system)
    if is_wanted is None or hook not in project.hooks:
        return
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if is_wanted(file):
            sign(project, hook, file)


def _arguments(hook: str, command: str, places: Mapping[str, str]) -> list[str]:
    if "{file}" not in command:
        raise BuildError(
            f'{hook} does not say where the file goes. Write "{{file}}" in the command: {command}'
        )
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BuildError(f"{hook} cannot be split into words ({error}): {command}") from error
    for name, value in places.items():
        words = [word.replace(f"{{{name}}}", value) for word in words]
    return words


def _run(project: Project, hook: str, command: str, arguments: list[str], file: Path) -> None:
    """Run it to its end, with its output in a file: a pipe would be held open by whatever it leaves running."""
    seconds = _seconds(hook)
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                arguments,
                cwd=project.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise BuildError(f"{hook} cannot be started ({error.strerror or error}): {command}") from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BuildError(
                f"{hook} has not ended within {seconds:g} seconds for {file.name}: {command}\n{_end_of(output)}"
                f"If it needs longer, say so in seconds: {_LIMIT}=1800"
            ) from None
        finally:
            _end(process)
        if code:
            raise BuildError(
                f"{hook} has ended with {code} for {file.name}: {command}\n{_end_of(output)}".rstrip()
            )


def _seconds(hook: str) -> float:
    given = os.environ.get(_LIMIT, "")
    try:
        return float(given) if given else SECONDS.get(hook, _SECONDS)
    except ValueError:
        raise BuildError(f"{_LIMIT} must be a number of seconds, got {given!r}.") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, and on POSIX whatever it has started, if it still runs."""
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _end_of(output: IO[bytes]) -> str:
    """The last lines of what it has said, without anything that its environment keeps secret."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _LAST_BYTES))
    text = output.read().decode(errors="replace")
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "***")
    return "".join(f"    {line}\n" for line in text.splitlines()[-_LAST_LINES:])


def _is_unsigned_pe(file: Path) -> bool:
    """Whether this is a program or a library of Windows that nobody has signed."""
    with file.open("rb") as content:
        start = content.read(0x40)
        if len(start) < 0x40 or start[:2] != b"MZ":
            return False
        content.seek(int.from_bytes(start[0x3C:], "little"))
        header = content.read(24 + 240)
    if len(header) < 24 + 240 or header[:4] != b"PE\0\0":
        return False
    # The table of signatures is the fifth of the header's directories, which begin later where addresses have 64 bits.
    directories = 24 + (112 if header[24:26] == b"\x0b\x02" else 96)
    return header[directories + 4 * 8 + 4 : directories + 5 * 8] == bytes(4)


def _is_mach_o(file: Path) -> bool:
    """Whether this is a program or a library of macOS, of one processor or of several."""
    with file.open("rb") as content:
        start = content.read(16)
    if len(start) < 16:
        return False
    if start[:4] == b"\xca\xfe\xba\xbe":
        # Java's classes begin so, too, with a version where this has the number of processors.
        return 0 < int.from_bytes(start[4:8], "big") < 20
    # An object file (1) is not loaded by anybody: a program is 2, a library 6, an extension module 8.
    return start[:4] == b"\xcf\xfa\xed\xfe" and start[12] in (2, 6, 8)
