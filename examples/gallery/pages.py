"""What stands beside the list: one element with knobs and code, or a whole group at a glance."""

from hipflask import ui

from .samples import GROUPS, about, find

STAGE = {"padding": "0.75rem", "min-height": "9rem", "justify-content": "center"}


@ui.component
def draw_sample(name):
    sample = find(name)
    if sample is None:
        ui.callout(f"There is no element {name!r}.", tone="warning")
        return
    first, _, more = about(name).partition("\n\n")
    with ui.column(gap="xs"):
        ui.heading(f"ui.{name}")
        ui.markdown(first)
    values = {knob.name: ui.state(knob.default) for knob in sample.knobs}
    with ui.row(align="start"):
        with ui.column(style={"flex": "3 1 24rem", "min-width": "0"}):
            with ui.card(), ui.column(style=STAGE):
                stage(sample, {name: value.value for name, value in values.items()})
            ui.code(sample.code)
            ui.markdown(more)
        if values:
            with ui.card("Knobs", style={"flex": "1 1 13rem", "max-width": "20rem"}):
                for knob in sample.knobs:
                    knob.draw(values[knob.name])


@ui.component
def draw_group(group):
    ui.heading(group)
    with ui.grid(min_width="19rem"):
        for name, sample in GROUPS[group].items():
            with ui.card(f"ui.{name}", key=name):
                stage(sample, {knob.name: knob.default for knob in sample.knobs})


@ui.component
def stage(sample, values):
    sample.draw(**values)
