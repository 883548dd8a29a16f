"""A day in a minute: wires are cut, a hub is killed, people go on working, and it all comes together again.

The window plays it on a button. Where there is no display, it is told in the terminal.
"""

import time
from pathlib import Path

from hipflask.surfaces import desktop

from .people import book, change_prices, price, rename

WITHIN = 240.0
LOOKING = 4.0  # seconds for a person to look at it
WORKING = 8.0


def play(company, watch, looking=LOOKING):
    """Do it, step by step, and say before each what it is."""
    ann, bob, _ = company.laptops
    code = watch.database.value.codes[0]
    watch.say("Ann gets on a train: her wire is cut. She goes on working, on her own file.")
    ann.wire.cut()
    time.sleep(looking / 2)
    rename(ann.store, "Ann", code)
    price(ann.store, code)
    book(ann.store, "Ann", code, -5)
    time.sleep(looking)
    watch.say("The same item meanwhile: Bob takes 7 out, and the office changes its price with psql.")
    book(bob.store, "Bob", code, -7)
    change_prices(company.database, code)
    time.sleep(looking)
    watch.say("Hub 1 is killed. Whoever was connected to it goes to the other one.")
    company.hubs[0].kill()
    time.sleep(looking)
    watch.say("Bob's wire is cut, too. All three work, and the office changes prices.")
    bob.wire.cut()
    busy = [company.office, *(laptop.work for laptop in company.laptops)]
    for each in busy:
        each.is_on = True
    time.sleep(WORKING)
    for each in busy:
        each.is_on = False
    time.sleep(looking / 2)
    watch.say("Wires and hub are back.")
    company.hubs[0].start()
    ann.wire.heal()
    bob.wire.heal()


def tell(company, watch, app, picture):
    """Start the company, play the story, wait until everybody has the same, and take a picture of the window; returns the exit code."""
    company.start()
    _until(company, lambda: company.is_ready, "everything is started", lambda: company.step)
    _until(company, watch.is_same, "Ann's stockroom is on every laptop and in PostgreSQL")
    play(company, _Told(watch), looking=1.0)
    _until(company, watch.is_same, "everybody has the same again")
    for line in watch.events.value[-6:]:
        if "again:" in line or "stays" in line:
            _say(line.split("  ", 1)[1])
    Path(picture).parent.mkdir(exist_ok=True)
    desktop.run(app, app.actions, desktop.Options(headless=True, screenshot=Path(picture)))
    company.stop()
    return 0


class _Told:
    """A watch whose sentences are printed, too."""

    def __init__(self, watch):
        self.database, self._watch = watch.database, watch

    def say(self, sentence):
        self._watch.say(sentence)
        _say(sentence)


def _until(company, is_so, what, now=lambda: ""):
    end, said = time.monotonic() + WITHIN, ""
    while not is_so():
        if now() != said:
            said = now()
            _say(said)
        if company.is_broken or time.monotonic() > end:
            company.stop()
            why = (
                company.step
                if company.is_broken
                else f"That took longer than {WITHIN:.0f} s. Look into {company.folder}."
            )
            raise SystemExit(f"It is not so that {what}. {why}")
        time.sleep(0.5)
    _say(f"{what[0].upper()}{what[1:]}.")


def _say(text):
    print(text, flush=True)
