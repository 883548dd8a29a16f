"""The control window: cut a wire, kill a hub, let people work and the office change prices, and watch it come together again."""

import threading
from pathlib import Path

from hipflask import Hipflask, ui

from .company import Company
from .compare import of_database, of_laptop

app = Hipflask(__package__, theme=ui.Theme(primary="#0f766e"))
company = Company(Path(app.instance_path) / "company")
looked = ui.State({})  # what each of them has, by name
LOOK_SECONDS = 1.0

CARD = {"flex": "1 1 15rem"}
AT_END = {"margin-inline-start": "auto"}


@app.before_request
def begin():
    if not looking.is_alive():
        company.start()
        looking.start()


def look_once():
    """What each of them has, and which hubs run."""
    has = {laptop.name: of_laptop(laptop.store) for laptop in company.laptops}
    return {**has, "PostgreSQL": of_database(company.database), "up": [hub.is_up for hub in company.hubs]}


def look():
    """Look at everybody again and again."""
    pause = threading.Event()
    while True:
        if company.is_ready:
            looked.set(look_once())
        pause.wait(LOOK_SECONDS)


looking = threading.Thread(target=look, name="looking", daemon=True)


@app.window("/", title="The company's network", width=1080, height=500)
def network():
    has = looked.value
    with ui.row():
        ui.heading("The company's network")
        verdict(has)
    if not has:
        with ui.row():
            ui.spinner()
            ui.text(company.step or "Looking…", tone="quiet")
        return
    with ui.row(align="stretch"):
        for hub in company.hubs:
            draw_hub(hub, hub.is_up, key=hub.name)
        draw_office(has["PostgreSQL"], company.office.is_on)
    with ui.row(align="stretch"):
        for laptop in company.laptops:
            draw_laptop(laptop, has[laptop.name], laptop.wire.is_cut, laptop.work.is_on, key=laptop.name)


def verdict(has):
    have = [has.get(name) for name in ("PostgreSQL", *(laptop.name for laptop in company.laptops))]
    if not have or None in have:
        ui.badge("Starting", tone="normal", style=AT_END)
    elif all(each == have[0] for each in have):
        ui.badge("Everybody has the same", tone="success", style=AT_END)
    else:
        ui.badge("On its way", tone="warning", style=AT_END)


@ui.component
def draw_hub(hub, is_up):
    def toggle():
        if hub.is_up:
            hub.kill()
        else:
            hub.start()

    with ui.card(style=CARD), ui.column(gap="s"):
        with ui.row():
            ui.heading(hub.name, level=3)
            ui.badge("up" if is_up else "killed", tone="success" if is_up else "danger", style=AT_END)
        ui.text(
            "One of two processes in front of the database. It keeps nothing itself.", tone="quiet", size="s"
        )
        ui.button("Kill it" if is_up else "Start it", icon="power", on_click=toggle)


@ui.component
def draw_office(what, is_on):
    with ui.card(style=CARD), ui.column(gap="s"):
        with ui.row():
            ui.heading("PostgreSQL", level=3)
            ui.badge(fingerprint(what), tone="normal", style=AT_END)
        counts(what)
        ui.switch("The office changes prices, with psql", value=is_on, on_change=on_off(company.office))


@ui.component
def draw_laptop(laptop, what, is_cut, is_on):
    def toggle():
        if laptop.wire.is_cut:
            laptop.wire.heal()
        else:
            laptop.wire.cut()

    with ui.card(style=CARD), ui.column(gap="s"):
        with ui.row():
            ui.heading(f"{laptop.name}'s laptop", level=3)
            ui.badge(fingerprint(what), tone="normal", style=AT_END)
        counts(what)
        ui.switch(f"{laptop.name} books movements", value=is_on, on_change=on_off(laptop.work))
        ui.button(
            "Heal the wire" if is_cut else "Cut the wire",
            icon="plug-zap" if is_cut else "unplug",
            tone="danger" if is_cut else "normal",
            on_click=toggle,
        )


def counts(what):
    ui.text(
        "Nothing yet" if what is None else f"{what.items:,} items, {what.movements:,} movements",
        tone="quiet",
        size="s",
    )


def fingerprint(what):
    return "…" if what is None else what.fingerprint


def on_off(busy):
    def switch(is_on):
        busy.is_on = is_on

    return switch
