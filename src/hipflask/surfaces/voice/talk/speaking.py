"""The computer's own voice, where it has one: espeak-ng, macOS's `say`, or Windows' speech."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from .. import ssml

Speak = Callable[[str], None]

_WINDOWS = (
    "Add-Type -AssemblyName System.Speech; $words = [Console]::In.ReadToEnd(); "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($words)"
)
_LONGEST = 60  # seconds


def voice(locale: str) -> Speak | None:
    """What says words aloud in a language; None where the computer has no voice."""
    command = _command(locale)
    return None if command is None else lambda words: _say(command, ssml.plain(words))


def _command(locale: str) -> Sequence[str] | None:
    for name in ("espeak-ng", "espeak"):
        if found := shutil.which(name):
            return found, "-v", locale.lower().replace("_", "-"), "--stdin"
    if sys.platform == "darwin" and (found := shutil.which("say")):
        return found, "-f", "-"
    if sys.platform == "win32" and (found := shutil.which("powershell")):
        return found, "-NoProfile", "-Command", _WINDOWS
    return None


def _say(command: Sequence[str], words: str) -> None:
    """Say words, which go by standard input: no shell and no option can be made of them."""
    if words:
        try:
            subprocess.run(command, input=words.encode(), check=False, capture_output=True, timeout=_LONGEST)
        except (OSError, subprocess.TimeoutExpired):
            return  # the words have been shown
