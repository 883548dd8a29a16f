"""Everything that runs: a PostgreSQL in a folder, two hubs in front of it, and three laptops, each at the end of a wire."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from hipflask import ui

from .people import Busy, book, change_prices
from .wires import Wire

ROOT = Path(__file__).parent.parent.parent
INVENTORY = ("--app", str(ROOT / "examples" / "inventory"))
LAPTOP = ("--app", str(Path(__file__).with_name("laptop.py")))
PEOPLE = ("Ann", "Bob", "Cas")
ITEMS = 12  # as many as a window shows


class Process:
    """A program that can be stopped and started again."""

    def __init__(self, name, arguments, environment, folder):
        self.name, self._arguments = name, arguments
        self._environment = {**os.environ, **environment}
        self._log = folder / f"{name.lower().replace(' ', '-')}.log"
        self._running = None

    @property
    def is_up(self):
        return self._running is not None and self._running.poll() is None

    def start(self):
        if not self.is_up:
            with self._log.open("ab") as log:
                command = [sys.executable, "-m", "hipflask.cli", *self._arguments]
                self._running = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
                )

    def kill(self):
        """End it as a power cut would."""
        self._end(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)

    def stop(self):
        self._end(signal.SIGTERM)

    def _end(self, how):
        if self.is_up:
            self._running.send_signal(how)
            try:
                self._running.wait(10)
            except subprocess.TimeoutExpired:
                self._running.kill()


class Laptop:
    """One person's computer: its own file, its own window, its own wire."""

    def __init__(self, place, hubs, token, folder, has_display):
        self.name = PEOPLE[place]
        self.store = folder / f"{self.name.lower()}.sqlite"
        self.wire = Wire(hubs)
        environment = {
            "LAPTOP": self.name,
            "LAPTOP_PLACE": str(place),
            "HIPFLASK_STORE": str(self.store),
            "HUB_URL": f"http://127.0.0.1:{self.wire.port}",
            "HUB_TOKEN": token,
            "XDG_STATE_HOME": str(folder),  # where windows stood the last time is of no interest
        }
        door = ("run", "--another", "--start", "/laptop") if has_display else ("serve", "--port", "0")
        self.program = Process(self.name, (*LAPTOP, *door), environment, folder)
        self.work = Busy(partial(book, self.store, self.name), 2.0)


class Company:
    """All of it, in a folder that is made anew each time."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.hubs, self.laptops = [], []
        self.database = ""
        self.office = Busy(lambda: change_prices(self.database), 2.0)
        self._step = ui.State("Starting…")
        self.is_ready = False
        self.is_broken = False
        self._begun = threading.Lock()
        self._open = ExitStack()

    @property
    def step(self):
        """What is being started, or why that failed."""
        return self._step.value

    def start(self):
        """Start everything in a thread, once."""
        if self._begun.acquire(blocking=False):
            atexit.register(self.stop)
            threading.Thread(target=self._try, name="company", daemon=True).start()

    def stop(self):
        for laptop in self.laptops:
            laptop.program.stop()
            laptop.wire.close()
        for hub in self.hubs:
            hub.stop()
        self._open.close()

    def _try(self):
        try:
            self._start()
        except Exception as error:
            self.is_broken = True
            self._step.set(f"{error} Look into {self.folder}.")

    def _start(self):
        from hipflask.sync.hub.embedded import embedded

        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._step.set("Starting PostgreSQL…")
        self.database = self._open.enter_context(embedded(self.folder / "postgres"))
        self._step.set("Starting two hubs in front of it…")
        ports = [_free_port(), _free_port()]
        for place, port in enumerate(ports):
            arguments = (*INVENTORY, "hub", "--database", self.database, "--port", str(port))
            store = {"HIPFLASK_STORE": str(self.folder / f"hub{place}.sqlite")}
            self.hubs.append(Process(f"Hub {place + 1}", arguments, store, self.folder))
            self.hubs[-1].start()
        self._step.set("Filling the stockroom, on Ann's laptop…")
        for place, name in enumerate(PEOPLE):
            token = self._token(name)
            order = ports if place % 2 == 0 else ports[::-1]
            self.laptops.append(Laptop(place, lambda order=order: order, token, self.folder, has_display()))
        self._run("sample", str(ITEMS), store=self.laptops[0].store)
        self._step.set("Opening three windows…")
        for laptop in self.laptops:
            laptop.program.start()
        self._step.set("Waiting until everybody has the stockroom…")
        self.is_ready = True

    def _token(self, name):
        asked = ("hub", "--database", self.database, "token", "issue", name)
        output = self._run(*asked, store=self.folder / "hub0.sqlite")
        return next(word for word in output.split() if word.startswith("hft_"))

    def _run(self, *arguments, store):
        command = [sys.executable, "-m", "hipflask.cli", *INVENTORY, *arguments]
        environment = {**os.environ, "HIPFLASK_STORE": str(store)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr.strip().splitlines()[-1]}.")
        return done.stdout


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def has_display():
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
