"""`Devices`: what happens, in an order that a seed decides, and what is checked after it.

Each step is one thing: a frame arrives, somebody writes, the sequencer makes a version, a process is killed, a clock jumps. So every
order in which these can happen is one that some seed comes upon; and there are no threads, so a seed always leads to the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipflask.core.errors import HubError
from hipflask.sync.exchange import HubTalk, ReplicaTalk, TurnedAway
from hipflask.sync.messages import (
    Changes,
    Checkpoint,
    Hello,
    Message,
    MessageRefused,
    Page,
    Push,
    Refused,
    Rows,
    Welcome,
    from_hub,
    from_replica,
    unpack,
)

from .checking import Checks
from .contents import Contents, Entry, entries
from .device import Device
from .faults import Faults
from .memory.hub import Writing
from .network import Link
from .power import Killed
from .workload import Workload
from .world import PROCESSES, Broken, World

ROUNDS = 120  # of a second each, within which all has to have arrived once nothing is broken any more


class Devices:
    """Several people's devices, a hub, and the network between them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.form = world.form
        self.workload = Workload(world.random)
        self.checks = Checks(world)
        self.faults = Faults(world, self.checks)

    # ── one thing at a time ───────────────────────────────────────────────────────────────────────

    def run(self, steps: int) -> None:
        """Let so many things happen, then heal everything, and check; raises Broken."""
        while steps > 0:
            phase = min(steps, self.random.choice([40, 80, 160]))
            for _ in range(phase):
                self.step()
            steps -= phase
            self.settle()

    def step(self) -> None:
        """One thing happens."""
        self.world.pass_time(self.random.choice([0, 1, 7, 300, 5_000, 60_000]))
        happenings: list[tuple[int, Callable[[], object]]] = [
            (30, self.deliver),
            (8, lambda: self.person(self.random.choice(self.world.devices))),
            (8, lambda: self.exchange(self.random.choice(self.world.devices))),
            (6, self.checks.step),
            (6, self.pump),
            (2, self.stranger),
            (5, self.faults.one),
        ]
        chosen = self.random.choices([do for _, do in happenings], [weight for weight, _ in happenings])[0]
        chosen()
        self.world.links = [link for link in self.world.links if not link.is_over]

    # ── people ────────────────────────────────────────────────────────────────────────────────────

    def person(self, device: Device) -> None:
        """Somebody writes on a device."""
        count = self.random.choice([1, 1, 1, 2, 4])

        def choose(contents: Contents) -> list[Writing]:
            chosen = (self.workload.writing(device.version.tables, contents) for _ in range(count))
            return [writing for writing in chosen if writing is not None]

        try:
            done = device.write(choose, self.world.now)
        except Killed:
            self.world.happened["killed_writing"] += 1
            device.stop()
            return
        (is_partial,) = device.look("SELECT is_partial FROM _hipflask_replica")[0]
        self._note(device.name, done, is_knowing=not is_partial)

    def stranger(self) -> None:
        """Another program writes into the hub's database."""
        before = self.form.contents()
        chosen = [
            self.workload.writing(self.world.version.tables, before)
            for _ in range(self.random.choice([1, 2, 3]))
        ]
        if self.form.write([writing for writing in chosen if writing is not None]):
            self._note("", entries(before, self.form.contents(), self.world.now))

    def _note(self, who: str, done: list[Entry], *, is_knowing: bool = True) -> None:
        self.world.history.note(who, done, is_knowing=is_knowing)
        for entry in done:
            values = {name: entry.after[name] for name in entry.columns}
            self.world.tell(f"{who or 'somebody'}: {entry.kind} {entry.table} {entry.key!r} {values or ''}")

    # ── the exchange ──────────────────────────────────────────────────────────────────────────────

    def exchange(self, device: Device) -> None:
        """The device's process starts, or dials, or looks whether something was written."""
        if not device.is_running:
            self._guarded(device, device.start)
        elif device.link is None:
            self.dial(device)
        else:
            link, talk = device.link, device.talk
            assert talk is not None
            self._guarded(device, lambda: link.send_up(talk.written()))

    def dial(self, device: Device) -> None:
        """A new connection to some process of the hub."""
        process = self.random.randrange(PROCESSES)
        link = Link(HubTalk(self.form.process(process), device.user), process)
        self.world.links.append(link)
        self._guarded(device, lambda: link.send_up(device.dial(link)))

    def deliver(self) -> None:
        """One frame arrives, at either end of some connection."""
        ways = [(link, True) for link in self.world.links if link.up and link.is_open_there]
        ways += [(link, False) for link in self.world.links if link.down and link.is_open_here]
        if ways:
            link, is_up = self.random.choice(ways)
            self.deliver_up(link) if is_up else self.deliver_down(link)

    def deliver_up(self, link: Link) -> None:
        """The hub hears something."""
        frame = link.up.popleft()
        try:
            heard = from_replica(frame)
            self.world.tell(
                f"the hub hears from {link.talk.visitor and link.talk.visitor.replica}: {_short(heard)}"
            )
            for message in link.talk.heard(heard):
                self._tell(f"the hub answers {_name(link)}", message)
                link.send_down(message)
                if isinstance(message, Refused):
                    self.checks.turned_away(link, message)
                    link.is_open_there = False
                    link.up.clear()
        except MessageRefused as error:
            self.checks.refused(link, error)
            link.hang_up_there()
        except HubError as error:
            self.world.happened["hub_gave_up"] += 1
            link.send_down(Refused("busy", str(error)))
            link.hang_up_there()

    def deliver_down(self, link: Link) -> None:
        """The device hears something."""
        device = next((each for each in self.world.devices if each.link is link), None)
        frame = link.down.popleft()
        if device is None or device.talk is None:
            return
        talk = device.talk
        self._guarded(device, lambda: self._heard(device, talk, link, frame))

    def pump(self) -> None:
        """Some connection's news go on by one message."""
        waiting = [link for link in self.world.links if link.is_open_there and link.talk.visitor is not None]
        if waiting:
            self.pump_one(self.random.choice(waiting))

    def pump_one(self, link: Link) -> bool:
        """The next of what a replica does not have yet; False if there was nothing."""
        if link.news is None:
            link.news = iter(link.talk.woken())
        try:
            message = next(link.news, None)
        except HubError as error:
            link.send_down(Refused("busy", str(error)))
            link.hang_up_there()
            return True
        if message is None:
            link.news = None
            return False
        self._tell(f"the hub sends to {_name(link)}", message)
        self.checks.sent(link, message)
        link.send_down(message)
        return True

    def _tell(self, what: str, message: Message) -> None:
        if self.world.is_telling:
            self.world.tell(f"{what}: {_short(message)}")

    # ── peace ─────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Nothing is broken any more: within a bound everybody has everything, and it is right."""
        self.faults.heal()
        for _ in range(ROUNDS):
            if self._round():
                break
        else:
            raise Broken(f"14: {ROUNDS} seconds after the last fault, {self.checks.who_waits()}")
        self.checks.all_equal()

    def _round(self) -> bool:
        """A second in which everything works; whether all is quiet after it."""
        self.world.pass_time(1_000)
        is_quiet = True
        for device in self.world.devices:
            if not device.is_running or device.link is None or not device.link.is_open_there:
                is_quiet = False
                if device.link is not None:
                    device.hang_up()
            self.exchange(device)
        for link in self.world.links:
            while (link.up and link.is_open_there) or (link.down and link.is_open_here):
                is_quiet = False
                self.deliver_up(link) if link.up and link.is_open_there else self.deliver_down(link)
        if self.checks.step():
            is_quiet = False
        for link in self.world.links:
            while link.is_open_there and link.talk.visitor is not None and self.pump_one(link):
                is_quiet = False
        self.world.links = [link for link in self.world.links if not link.is_over]
        return is_quiet and not self.checks.who_waits()

    def _heard(self, device: Device, talk: ReplicaTalk, link: Link, frame: bytes) -> None:
        message = from_hub(frame)
        self._tell(f"{device.name} hears", message)
        answers = talk.heard(message)
        device.note_pushes()
        self.checks.inbox(device)
        if isinstance(message, Checkpoint):
            self.checks.checkpoint(device, message)
        if isinstance(message, Welcome) and message.reset:
            self.checks.reset(device, message.reset == "restored")
        link.send_up(answers)

    def _guarded(self, device: Device, do: Callable[[], Any]) -> None:
        """Something of a device's process: it may die of it, or give the connection up."""
        link = device.link
        try:
            do()
        except Killed:
            self.world.tell(f"{device.name} is killed")
            is_recovering = not device.is_running
            self.world.happened["killed_recovering" if is_recovering else "killed_at_a_statement"] += 1
            device.stop()
            return
        except TurnedAway as error:
            self.checks.turned_away(link, error.refused)
            device.hang_up()
        except MessageRefused as error:
            self.checks.refused(link, error)
            device.hang_up()
        except self.faults.device_errors(device):
            self.world.happened["had_no_room"] += 1
            device.hang_up()
        if device.is_running:
            device.note_pushes()


def _name(link: Link) -> str:
    return link.talk.visitor.replica if link.talk.visitor is not None else "somebody"


def _short(message: Message) -> str:
    """A message for the story: what is packed in it as well."""
    if isinstance(message, Page):
        return f"Page {unpack(message.body, list[Rows])}"
    if isinstance(message, Push) and message.parts == 1:
        return f"Push {message.number} {unpack(message.body, Changes)}"
    if isinstance(message, Hello):
        return f"Hello {message.replica} {message.ticket} pushed={message.pushed} seal={bool(message.seal)} more={bool(message.more)}"
    return (
        f"Checkpoint {message.version} settled={message.settled}"
        if isinstance(message, Checkpoint)
        else str(message)
    )
