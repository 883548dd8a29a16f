"""What everybody has, looked at again and again: what waits on a laptop, what has not come to it, and what became of it."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from hipflask import ui

from .compare import COLUMNS, of_database, of_laptop

LOOK_SECONDS = 0.5
WORDS = dict(zip(COLUMNS, ("name", "unit", "price", "limit", "supplier"), strict=True))


@dataclass(frozen=True)
class Seen:
    """A laptop beside the database, as both are now."""

    has: object = None
    up: frozenset = frozenset()  # places that were changed here since both had the same
    down: frozenset = frozenset()  # and there

    @property
    def is_same(self):
        return self.has is not None and bool(self.has.codes) and not self.up and not self.down


@dataclass
class Watch:
    """All that the window shows, and the sentences on what has happened."""

    company: object
    database: ui.State = field(default_factory=lambda: ui.State(None))
    hubs: ui.State = field(default_factory=lambda: ui.State(()))
    laptops: ui.State = field(default_factory=lambda: ui.State({}))
    events: ui.State = field(default_factory=lambda: ui.State([]))

    def __post_init__(self):
        self._bases = {}  # by laptop: what it and the database had when they last had the same
        self._away = {}  # by laptop whose wire was cut: what was there to be exchanged when it was last looked at
        threading.Thread(target=self._run, name="looking", daemon=True).start()

    def say(self, sentence):
        """One more line in the story."""
        self.events.update(lambda before: [*before, f"{datetime.now():%H:%M:%S}  {sentence}"])

    def look(self):
        """Look at everybody once."""
        database = of_database(self.company.database)
        seen = {laptop.name: self._look_at(laptop, database) for laptop in self.company.laptops}
        self.database.set(database)
        self.hubs.set(tuple(hub.is_up for hub in self.company.hubs))
        self.laptops.set(seen)
        return database, seen

    def is_same(self):
        """Whether everybody has the same as the database, at this moment."""
        database, seen = self.look()
        return database is not None and all(laptop.is_same for laptop in seen.values())

    def _run(self):
        pause = threading.Event()
        while True:
            if self.company.is_ready:
                self.look()
            pause.wait(LOOK_SECONDS)

    def _look_at(self, laptop, database):
        here = of_laptop(laptop.store)
        if here is None or database is None:
            return Seen(here)
        if here == database:
            self._bases[laptop.name] = here
        base = self._bases.get(laptop.name)
        if base is None:  # its first download goes on
            return Seen(here, down=frozenset(here.changed(database)))
        differs = here.changed(database)
        seen = Seen(
            here, frozenset(base.changed(here) & differs), frozenset(base.changed(database) & differs)
        )
        self._tell(laptop, seen, database)
        return seen

    def _tell(self, laptop, seen, database):
        if laptop.wire.is_cut:
            self._away[laptop.name] = seen
        elif seen.is_same and laptop.name in self._away:
            was = self._away.pop(laptop.name)
            self.say(f"{laptop.name} and PostgreSQL have the same again: {went(was)}.")
            for place in sorted(was.up & was.down):
                self.say(met(laptop.name, was.has, database, *place))


def rows(places):
    """How many rows that is: what a laptop counts, too."""
    return len({row for row, _ in places})


def went(seen):
    """What a wire has carried, once it was there again."""
    return f"{changes(rows(seen.up))} went up, {rows(seen.down):,} came down"


def changes(count):
    return "1 change" if count == 1 else f"{count:,} changes"


def met(name, mine, database, row, column):
    """What became of a value that was changed on both sides."""
    word, place = WORDS.get(column, column), (row, column)
    if mine.cells.get(place) == database.cells.get(place):
        return f"The {word} of {row} was changed on both sides: {name}'s stays."
    why = ", for the office decides on prices (Merge.server)" if column == "price" else ""
    return f"The {word} of {row} was changed on both sides: PostgreSQL's stays{why}."
