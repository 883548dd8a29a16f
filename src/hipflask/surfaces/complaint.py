"""Saying why a program does not open to somebody who has clicked its icon, and sees no terminal.

The system's own means, and none that need loading: whatever keeps a window from opening must not keep this from being said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# For whoever starts programs by programs: nobody would press the button of the dialog.
NO_DIALOG = "HIPFLASK_NO_DIALOG"
_LINUX = (
    ("zenity", ["--error", "--no-markup", "--title={title}", "--text={sentence}"]),
    ("kdialog", ["--title", "{title}", "--error", "{sentence}"]),
    ("xmessage", ["-center", "-title", "{title}", "{sentence}"]),
)
_MACOS = "on run argv\ndisplay alert (item 1 of argv) message (item 2 of argv) as critical\nend run"


def complain(title: str, sentence: str) -> None:
    """Say a sentence on stderr, and in a dialog if nobody looks at a terminal; returns when it has been read."""
    if sys.stderr is not None:
        print(f"Error: {sentence}", file=sys.stderr)
        if sys.stderr.isatty():
            return
    if os.environ.get(NO_DIALOG):
        return
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, sentence, title, 0x10)  # MB_ICONERROR
        return
    command = _command(title, sentence)
    if command:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _command(title: str, sentence: str) -> list[str]:
    if sys.platform == "darwin":
        return ["osascript", "-e", _MACOS, title, sentence]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return []
    for program, arguments in _LINUX:
        if found := shutil.which(program):
            return [found, *(each.format(title=title, sentence=sentence) for each in arguments)]
    return []
