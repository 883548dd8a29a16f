"""The conversation by itself: sentence after sentence in the window, or all of it at once where nobody looks."""

import threading
import time

from hipflask import ui
from hipflask.surfaces import desktop

from . import sound

LOOKING = 1.6  # seconds for a person to read a sentence that is not spoken


class Story:
    """A dialogue that goes on by itself until somebody knows, or a person says stop."""

    def __init__(self, dialogue, looking=LOOKING):
        self.is_on = ui.State(False)
        self.can_speak = sound.has_speaker()
        self.is_aloud = ui.State(self.can_speak)
        self.at_end = lambda: None
        self._dialogue = dialogue
        self._looking = looking
        self._round = 0  # a thread whose number has passed ends

    def begin(self):
        """From the beginning, whatever went on."""
        self.pause()
        self._dialogue.begin()
        self.go_on()

    def pause(self):
        """No further sentence."""
        self._round += 1
        self.is_on.set(False)

    def go_on(self):
        """One sentence after the other, in a thread of its own."""
        self._round += 1
        self.is_on.set(True)
        threading.Thread(target=self._run, args=(self._round,), name="talking", daemon=True).start()

    def _run(self, number):
        while number == self._round:
            line = self._dialogue.lines.value[-1]
            if self.is_aloud.value:
                sound.speak(line.who, line.words)
            else:
                time.sleep(self._looking)
            if self._dialogue.is_over:
                self.is_on.set(False)
                self.at_end()
                return
            if number == self._round and line is self._dialogue.lines.value[-1]:  # else a person has cut in
                self._dialogue.turn()


def tell(app, dialogue, folder):
    """Let them talk, print what is said, and leave it as sound and as a picture of the window; returns the exit code."""
    dialogue.begin()
    while not dialogue.is_over:
        dialogue.turn()
    for line in dialogue.lines.value:
        print(f"{line.who + ':':12}{line.words}", flush=True)
        if line.hearing is not None:
            slots = ", ".join(f"{name} = {value}" for name, value in line.hearing.slots.items())
            print(f"{'':14}{line.hearing.by} understood {line.hearing.intent}{slots and ': ' + slots}")
        if sound.has_speaker():
            sound.speak(line.who, line.words)
    record(dialogue, folder)
    picture = (folder / "voice.png").resolve()
    picture.parent.mkdir(exist_ok=True)
    desktop.run(app, app.actions, desktop.Options(headless=True, screenshot=picture))
    print(f"There is no display here either. This is how it looked: {picture}")
    return 0 if dialogue.lines.value[-1].known else 1


def record(dialogue, folder):
    """Write what was said into a file where there is a voice and no speaker, and say where it is."""
    if not sound.has_voice():
        print("\nThere is no espeak-ng here, so nobody spoke.")
    elif not sound.has_speaker():
        recording = sound.Recording()
        for line in dialogue.lines.value:
            recording.add(line.who, line.words)
        path = (folder / "who_at_nine.wav").resolve()
        print(
            f"\nThere is no speaker here. This is how it sounded, {recording.write(path):.0f} seconds: {path}"
        )
