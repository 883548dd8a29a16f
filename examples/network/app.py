"""The control window: cut a wire, kill a hub, have people change things, and watch what waits, what is merged and what comes together."""

import threading
from pathlib import Path

from hipflask import Hipflask, ui

from .company import PEOPLE, Company
from .people import book, change_prices, price, rename
from .story import play
from .watching import WORDS, Watch, changes, rows

app = Hipflask(__package__, theme=ui.Theme(primary="#0f766e"))
company = Company(Path(app.instance_path) / "company")
watch = Watch(company)
is_playing = ui.State(False)

PAGE = {
    "position": "fixed",
    "inset": "0",
    "padding": "0.9rem 1.1rem",
    "box-sizing": "border-box",
    "overflow": "auto",
}
CARD = {"flex": "1 1 15rem", "min-width": "0"}
AT_END = {"margin-inline-start": "auto"}
FACT = {"flex": "0 0 4.5rem"}
VALUE = {"min-width": "0", "overflow": "hidden", "text-overflow": "ellipsis", "white-space": "nowrap"}
LINE = {"flex": "1 1 0", "height": "0", "border-top": "3px solid var(--wa-color-success-fill-loud)"}
BROKEN = LINE | {"border-top": "3px dashed var(--wa-color-danger-fill-loud)"}


@app.before_request
def begin():
    company.start()


@app.window("/", title="The company's network", width=1280, height=560, area=(0, 0, 1, 0.5))
def network():
    with ui.column(gap="s", style=PAGE):
        head()
        if not watch.laptops.value:
            starting()
            return
        with ui.row(align="stretch", gap="s"):
            draw_office()
            for name in PEOPLE:
                draw_laptop(name, key=name)
        ui.text(
            "Each card has the same item, as it is there. Cut a wire, change the item on both sides, and heal the wire.",
            tone="quiet",
            size="s",
            style={"max-width": "none"},
        )
        ui.log(watch.events, label="What has happened", height="7.5rem")


def starting():
    if company.is_broken:
        ui.callout(company.step, title="This could not be started", tone="danger")
        return
    with ui.row():
        ui.spinner()
        ui.text(company.step, tone="quiet")


@ui.component
def head():
    with ui.row():
        ui.heading("The company's network")
        verdict()
        with ui.row(gap="s", style=AT_END):
            ui.button(
                "Show me a day", icon="play", tone="primary", on_click=play_once,
                disabled=is_playing.value or not watch.laptops.value,
                tooltip="Wires are cut, people work, a hub dies, and it all comes together: half a minute",
            )  # fmt: skip


def play_once():
    def run():
        try:
            play(company, watch)
        finally:
            is_playing.set(False)

    is_playing.set(True)
    threading.Thread(target=run, name="story", daemon=True).start()


@ui.component
def verdict():
    seen = watch.laptops.value.values()
    if not seen:
        ui.badge("Starting", tone="normal")
    elif all(each.is_same for each in seen):
        ui.badge("Everybody has the same", tone="success")
    else:
        waits, missed = sum(rows(each.up) for each in seen), sum(rows(each.down) for each in seen)
        ui.badge(f"{waits:,} wait to go up, {missed:,} to come down", tone="warning")


# ── the office ────────────────────────────────────────────────────────────────────────────────────


@ui.component
def draw_office():
    code = watched()
    with ui.card(style=CARD), ui.column(gap="s"):
        with ui.row():
            ui.heading("PostgreSQL", level=3)
            ui.badge("in the office", tone="normal", style=AT_END)
        with ui.row(gap="xs"):
            for place, hub in enumerate(company.hubs):
                draw_hub(hub, watch.hubs.value[place], key=hub.name)
        draw_item(code, watch.database.value, watch.database.value)
        ui.text("Ordinary tables. Any program may write to them: here it is psql.", tone="quiet", size="s")
        with ui.row(gap="xs"):
            ui.button("New price", size="s", on_click=change_prices, args=(company.database, code))
        ui.switch("Prices keep changing", value=company.office.is_on, on_change=on_off(company.office))


@ui.component
def draw_hub(hub, is_up):
    def toggle():
        if hub.is_up:
            watch.say(f"{hub.name} is killed.")
            hub.kill()
        else:
            watch.say(f"{hub.name} is started.")
            hub.start()

    ui.button(
        f"{hub.name} is {'up' if is_up else 'dead'}", icon="power" if is_up else "power-off", size="s",
        tone="normal" if is_up else "danger", on_click=toggle,
        tooltip="Kill it, as a power cut would" if is_up else "Start it again",
    )  # fmt: skip


# ── the laptops ───────────────────────────────────────────────────────────────────────────────────


@ui.component
def draw_laptop(name):
    laptop = company.laptops[PEOPLE.index(name)]
    seen, code, is_cut = watch.laptops.value[name], watched(), laptop.wire.is_cut

    def toggle():
        if laptop.wire.is_cut:
            watch.say(f"{name}'s wire is healed.")
            laptop.wire.heal()
        else:
            watch.say(f"{name}'s wire is cut.")
            laptop.wire.cut()
        watch.look()

    with ui.card(style=CARD), ui.column(gap="s"):
        with ui.row():
            ui.heading(f"{name}'s laptop", level=3)
            state(seen, is_cut)
        with ui.row(gap="s", wrap=False):
            ui.icon("database")
            ui.column(style=BROKEN if is_cut else LINE)
            ui.button(
                "Heal the wire" if is_cut else "Cut the wire", icon="plug-zap" if is_cut else "scissors", size="s",
                tone="danger" if is_cut else "normal", on_click=toggle,
            )  # fmt: skip
            ui.column(style=BROKEN if is_cut else LINE)
            ui.icon("laptop")
        draw_item(code, seen.has, watch.database.value)
        ui.text(sentence(seen, is_cut), tone="quiet", size="s")
        with ui.row(gap="xs"):
            ui.button("Rename", size="s", on_click=rename, args=(laptop.store, name, code))
            ui.button("New price", size="s", on_click=price, args=(laptop.store, code))
            ui.button("Take 5", size="s", on_click=book, args=(laptop.store, name, code, -5))
        ui.switch(f"{name} keeps booking", value=laptop.work.is_on, on_change=on_off(laptop.work))


def state(seen, is_cut):
    if is_cut:
        ui.badge("Cut off", tone="danger", style=AT_END)
    elif seen.is_same:
        ui.badge("Same", tone="success", style=AT_END)
    else:
        ui.badge("Exchanging", tone="warning", style=AT_END)


def sentence(seen, is_cut):
    """What would be said of a laptop on the telephone."""
    if seen.has is None:
        return "Nothing yet."
    if seen.is_same:
        return (
            "Nothing waits, nothing is missing."
            if is_cut
            else "All that is in PostgreSQL, and nothing that is not."
        )
    waits = f"{changes(rows(seen.up))} {'waits' if rows(seen.up) == 1 else 'wait'} here, {rows(seen.down):,} to come."
    both = {WORDS.get(column, column) for _, column in seen.up & seen.down}
    met = f" Changed on both sides: the {' and the '.join(sorted(both))}." if both else ""
    return waits + (met if is_cut else " It calls the hub again by itself.")


# ── one item ──────────────────────────────────────────────────────────────────────────────────────


def watched():
    """The code of the item that all cards show."""
    codes = watch.database.value.codes if watch.database.value else ()
    return codes[0] if codes else ""


def draw_item(code, has, office):
    """An item as somebody has it; what is other than in the office is marked."""
    mine = has.of(code) if has else {}
    theirs = office.of(code) if office else {}
    with ui.column(gap="none"):
        for name, value in mine.items():
            is_other = value != theirs.get(name)
            with ui.row(gap="s", wrap=False, align="baseline", key=name):
                ui.text(name, tone="quiet", size="s", style=FACT)
                ui.text(value, tone="warning" if is_other else "normal", strong=is_other, style=VALUE)


def on_off(busy):
    def switch(is_on):
        busy.is_on = is_on

    return switch
