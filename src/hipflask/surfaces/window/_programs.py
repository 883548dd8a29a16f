"""Clipboard and notes on Windows and macOS, by the programs that come with these systems; pywebview has neither.

Never run by us on those systems, only with stand-ins for the programs. Texts go in by standard input or as arguments
of their own, never as a part of a script.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from threading import Thread

log = logging.getLogger(__name__)

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # or PowerShell would flash up on Windows
SECONDS = 20

UTF_8 = "[Console]::InputEncoding = [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false;"
POWERSHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command")
# A balloon becomes one of the system's notes; those themselves are for installed programs only. It goes with its icon.
BALLOON = """
$note = [Console]::In.ReadToEnd() | ConvertFrom-Json
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$icon = New-Object System.Windows.Forms.NotifyIcon
$icon.Icon = [System.Drawing.SystemIcons]::Information
$icon.Visible = $true
$icon.ShowBalloonTip(5000, $note.title, $note.message, 'None')
Start-Sleep 6
$icon.Dispose()"""

COPY = {
    "darwin": ("pbcopy",),
    "win32": (*POWERSHELL, UTF_8 + "Set-Clipboard -Value ([Console]::In.ReadToEnd())"),
}
PASTE = {
    "darwin": ("pbpaste",),
    "win32": (*POWERSHELL, UTF_8 + "[Console]::Out.Write((Get-Clipboard -Raw))"),
}
ANNOUNCE = {
    "darwin": (
        "osascript",
        *("-e", "on run note"),
        *("-e", "display notification (item 2 of note) with title (item 1 of note)"),
        *("-e", "end run"),
    ),
    "win32": (*POWERSHELL, UTF_8 + BALLOON),
}


def copy(text: str) -> None:
    """Put a text on the clipboard, soon."""
    _beside(partial(_run, COPY, text))


def paste(answered: Callable[[str], None]) -> None:
    """Have the text on the clipboard told, or an empty one if that fails."""
    _beside(lambda: answered(_run(PASTE, "")))


def announce(title: str, message: str) -> None:
    """Show a note of the system's, soon."""
    if sys.platform == "darwin":
        _beside(partial(_run, ANNOUNCE, "", title, message))
    else:  # a balloon without any text is an error
        _beside(partial(_run, ANNOUNCE, json.dumps({"title": title, "message": message or " "})))


def _beside(job: Callable[[], object]) -> None:
    Thread(target=job, daemon=True, name="hipflask-program").start()


def _run(commands: dict[str, tuple[str, ...]], text: str, *arguments: str) -> str:
    """What the program writes; a failure is logged, as nobody waits for these but the clipboard's reader."""
    command = [*commands[sys.platform], *arguments]
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS,
            creationflags=NO_WINDOW,
            env={**os.environ, "LANG": "en_US.UTF-8"},  # by which macOS takes the text for UTF-8
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("%s failed: %s", command[0], error)
        return ""
    return done.stdout.decode(errors="replace")
