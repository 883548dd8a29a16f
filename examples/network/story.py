"""The same without anybody at the window: wires are cut, a hub is killed, people go on working, and it all comes together again."""

import time
from pathlib import Path

from hipflask.surfaces import desktop

from .app import app, company, look_once

WITHIN = 240.0
WORKING = 8.0


def tell(picture):
    """Start the company, let a day pass in a minute, and take a picture of the control window; returns the process's exit code."""
    company.start()
    _until(lambda: company.is_ready, "everything is started", lambda: company.step)
    _until(_is_same, "Ann's stockroom is on every laptop and in PostgreSQL")
    ann, bob, _ = company.laptops
    _say(
        "Ann's wire is cut, the first hub is killed; everybody works, and the office changes prices with psql."
    )
    ann.wire.cut()
    company.hubs[0].kill()
    busy = [company.office, *(laptop.work for laptop in company.laptops)]
    for each in busy:
        each.is_on = True
    time.sleep(WORKING)
    _say("Bob's wire is cut too.")
    bob.wire.cut()
    time.sleep(WORKING)
    for each in busy:
        each.is_on = False
    done = sum(laptop.work.done for laptop in company.laptops)
    _say(
        f"{done} movements were booked, and prices changed {company.office.done} times. Is it all the same? {_is_same()}."
    )
    ann.wire.heal()
    bob.wire.heal()
    company.hubs[0].start()
    _say("Wires and hub are back.")
    _until(_is_same, "everybody has the same again")
    Path(picture).parent.mkdir(exist_ok=True)
    desktop.run(app, app.actions, desktop.Options(headless=True, screenshot=Path(picture)))
    company.stop()
    return 0


def _is_same():
    has = look_once()
    have = [each for name, each in has.items() if name != "up"]
    return None not in have and all(each == have[0] for each in have)


def _until(is_so, what, now=lambda: ""):
    end, said = time.monotonic() + WITHIN, ""
    while not is_so():
        if now() != said:
            said = now()
            _say(said)
        if time.monotonic() > end:
            company.stop()
            raise SystemExit(f"After {WITHIN:.0f} s it is not so that {what}. Look into {company.folder}.")
        time.sleep(0.5)
    _say(f"{what[0].upper()}{what[1:]}.")


def _say(text):
    print(text, flush=True)
