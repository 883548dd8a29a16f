"""The voices aloud, where espeak-ng is installed: to the speaker, or into a file where there is none."""

import io
import os
import shutil
import subprocess
import wave
from pathlib import Path

from .dialogue import PERSON

ACCENTS = {
    "Alexa": ("-v", "en-us+f3", "-p", "58"),
    "Dialogflow": ("-v", "en-gb+m3", "-p", "38"),
    PERSON: (
        "-v",
        "en-gb-scotland",
    ),
}
PACE = ("-s", "165")
PAUSE = 0.25  # seconds between two sentences
CARDS, PULSE = Path("/proc/asound/cards"), Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "pulse/native")


def has_voice():
    """Whether anything can be spoken."""
    return shutil.which("espeak-ng") is not None


def has_speaker():
    """Whether anybody would hear it; Linux knows."""
    has_card = CARDS.exists() and "no soundcards" not in CARDS.read_text()
    return has_voice() and (has_card or PULSE.exists() or not CARDS.parents[1].exists())


def speak(who, words):
    """Say it to the speaker, and return when it has been said."""
    _espeak(who, words)


class Recording:
    """A conversation as sound, sentence by sentence."""

    def __init__(self):
        self._parameters = None
        self._frames = []

    def add(self, who, words):
        """One more sentence, and a pause."""
        with wave.open(io.BytesIO(_espeak(who, words, "--stdout"))) as spoken:
            self._parameters = spoken.getparams()
            self._frames.append(spoken.readframes(spoken.getnframes()))
        silence = int(PAUSE * self._parameters.framerate)
        self._frames.append(bytes(silence * self._parameters.sampwidth * self._parameters.nchannels))

    def write(self, path):
        """All of it as a .wav file; returns how many seconds that is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams(self._parameters)
            file.writeframes(b"".join(self._frames))
        return sum(map(len, self._frames)) / (self._parameters.framerate * self._parameters.sampwidth)


def _espeak(who, words, *options):
    """Have espeak-ng say words, which go by standard input, so that none is taken for an option."""
    command = ("espeak-ng", *ACCENTS[who], *PACE, *options, "--stdin")
    return subprocess.run(command, input=words.encode(), capture_output=True, check=False, timeout=60).stdout
