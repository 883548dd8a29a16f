"""Every element, live: a sample to try, what can be changed about it, and the code that draws it.

    pip install hipflask[markdown]
    hipflask --app gallery run        # in the folder above this one

A sample is a function in one of the modules beside this one. Its parameters are the knobs: `tone: Tone = "primary"` is
shown as something to choose from, a bool as a switch. What is shown as its code is the source of that very function.
"""

from dataclasses import replace

from hipflask import Hipflask, ui

from . import buttons, choices, data, fields, layout, overlays, progress, text, ways  # noqa: F401
from .pages import draw_group, draw_sample
from .samples import GROUPS, matching

app = Hipflask(__name__, theme=ui.Theme())
LOOKS = {
    "look": {"plain": "Plain", "paper": "Paper", "desk": "Desk"},
    "scheme": {"auto": "As the system", "light": "Light", "dark": "Dark"},
    "primary": {None: "Its own", "seagreen": "Green", "#7c4dbd": "Violet", "#b3620e": "Amber"},
}

SIDE = {"flex": "0 0 15rem", "position": "sticky", "top": "0", "max-height": "calc(100vh - 3rem)"}


@app.window("/", title="Elements", width=1280, height=860)
def gallery(element: str = "button"):
    chosen = ui.state(element)
    words = ui.state("")
    with ui.row(align="start", wrap=False, gap="xl"):
        with ui.column(style=SIDE, gap="s"):
            side(chosen, words)
        with ui.column(style={"flex": "1 1 0", "min-width": "0"}, gap="l"):
            if chosen.value in GROUPS:
                draw_group(chosen.value, key=chosen.value)
            else:
                draw_sample(chosen.value, key=chosen.value)


@ui.component
def side(chosen, words):
    found = matching(words.value)
    ui.input("Find an element", kind="search", bind=words, placeholder="form, colour, chart…")
    with ui.scroll_area("Elements", height="calc(100vh - 11rem)"):
        with ui.tree_view(label="Elements", bind=chosen):
            for group, names in found.items():
                is_open = bool(words.value) or chosen.value == group or chosen.value in names
                with ui.branch(group, open=is_open, key=group):
                    for name in names:
                        ui.branch(name, key=name)
        if not found:
            ui.text(f"No element is about “{words.value}”.", tone="quiet")
    with ui.menu("Look", icon="palette"):
        for name, values in LOOKS.items():
            with ui.menu_item(name.capitalize()):
                for value, label in values.items():
                    ui.menu_item(label, on_click=dress, args=(chosen.value, {name: value}))


def dress(element, look):
    """Another look, for the whole program."""
    app.config["HIPFLASK_THEME"] = replace(app.config["HIPFLASK_THEME"], **look)
    ui.navigate(gallery, args={"element": element})
