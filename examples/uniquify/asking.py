"""One function that measures and answers: a command of the shell, an assistant's tool, a page of the web, and an answer aloud."""

from typing import Annotated, Literal

from msgspec import Meta

from hipflask import Hipflask, Reply, progress, ui, voice

from .data import RUNS, begin, db, exported, keep
from .timing import KINDS, MOST_FOR_SLOW, Figures, Task, this_python
from .ways import WAYS

app = Hipflask(__package__, theme=ui.Theme(primary="#b45309"))
app.config["ALEXA_INVOCATION_NAME"] = "unique lists"
db.init_app(app)

Size = Annotated[int, Meta(ge=1, le=10_000_000, description="how many items the list has")]
Share = Annotated[float, Meta(ge=0, le=1, description="the share of them that are there already")]
Kind = Literal["int", "float", "str", "long str", "tuple"]
Order = Literal["any", "kept"]
Processes = Annotated[int, Meta(ge=1, le=100, description="how many fresh Pythons measure")]

assert Kind.__args__ == KINDS


@app.api("/fastest")
@app.command("uniquify")
@app.tool()
@app.intent(
    "Fastest",
    "what is the fastest way to uniquify a list",
    "what's the fastest way to make a list unique",
    "how do I uniquify a list of {size} items",
)
def fastest(
    size: Size = 10_000,
    duplicates: Share = 0.5,
    kind: Kind = "int",
    order: Order = "any",
    processes: Processes = 2,
) -> Reply:
    """Measure which way to make a list unique is the fastest, here and now."""
    if voice.is_speaking():
        processes = 1  # nobody waits longer than eight seconds for an answer
    task = Task(size, duplicates, kind, names_of(order, size))
    run = begin(task, processes, this_python())
    found: dict[str, Figures] = {}
    for sample, figures in keep(run, task, processes):
        progress(round(sample.done * 100), 100, "Measuring")
        found[sample.way] = figures
    ranked = sorted(found, key=lambda name: found[name].median)
    best = found[ranked[0]].median
    rows = [
        {
            "way": name,
            "microseconds": round(found[name].median * 1e6, 1),
            "from": round(found[name].low * 1e6, 1),
            "to": round(found[name].high * 1e6, 1),
            "times": round(found[name].median / best, 2),
            "steady": found[name].is_steady,
            "order": "kept" if WAYS[name].keeps_order else "lost",
            "what": WAYS[name].title,
        }
        for name in ranked
    ]
    return Reply(rows, speech=in_words(ranked, found), end=True)


@app.api("/runs")
@app.command("runs")
@app.tool(read_only=True)
def runs(newest: Annotated[int, Meta(ge=1, le=1000, description="how many")] = 20) -> list[dict[str, object]]:
    """What was measured here before, with every figure; --json is a file to compare elsewhere."""
    return exported(db.all(RUNS.limit(newest)))


def names_of(order: Order, size: int) -> tuple[str, ...]:
    """The ways that are worth timing: of those asked for, the ones that end before everybody has gone home."""
    return tuple(
        way.name
        for way in WAYS.values()
        if (order == "any" or way.keeps_order) and (size <= MOST_FOR_SLOW or not way.is_slow)
    )


def in_words(ranked: list[str], found: dict[str, Figures]) -> str:
    """What is said aloud: the fastest of all, and the fastest that keeps the order if that is another one."""
    best = ranked[0]
    keeper = next(name for name in ranked if WAYS[name].keeps_order)
    if best == keeper:
        return f"The fastest way is this: {_spoken(best)}. It keeps the order, too."
    times = found[keeper].median / found[best].median
    return (
        f"If the order does not matter: {_spoken(best)}. "
        f"To keep the order: {_spoken(keeper)}, which takes {times:.1f} times as long."
    )


def _spoken(name: str) -> str:
    title = WAYS[name].title
    return title[0].lower() + title[1:]
