"""The list of items, found as one types. However many there are, a page of them is shown."""

from hipflask import ui

from .data import IS_LOW, counted, db, found, with_stock

PAGE = 100
NOTHING_FOUND = "Nothing like that."
NOTHING_YET = "Nothing yet: add an item, or import a table."

LINE = {"width": "100%", "height": "3.25rem", "flex": "none"}
FACE = {"position": "absolute", "inset": "0 var(--wa-space-s)"}
ELLIPSIS = {"overflow": "hidden", "text-overflow": "ellipsis", "white-space": "nowrap"}
NAME = {"text-align": "start", "min-width": "0", "flex": "1"}


@ui.component
def draw_list(chosen):
    words, only_low = ui.state(""), ui.state(False)
    ui.input("Search", kind="search", bind=words, placeholder="bolt m8 -brass")
    ui.switch("Only what is running low", bind=only_low)
    how_many(words.value, only_low.value)
    page(words.value, only_low.value, chosen)


@ui.component
def how_many(words, only_low):
    """A part of its own: a count of everything may take longer than a page."""
    count, low = db.count(found(words, only_low)), db.count(found(words).where(IS_LOW))
    shown = f", the first {PAGE} of them here" if count > PAGE else ""
    with ui.row(justify="between"):
        ui.text(counted(count) + shown, tone="quiet", size="s")
        if low:
            ui.badge(f"{low:,} running low", tone="warning")


@ui.component
def page(words, only_low, chosen):
    items = db.all(with_stock(found(words, only_low)).limit(PAGE))
    with ui.card(), ui.scroll_area("Items", height="calc(100vh - 20rem)", gap="none"):
        for item, count in items:
            line(item, count, chosen, item.code == chosen.value, key=item.code)
        if not items:
            ui.text(NOTHING_FOUND if words or only_low else NOTHING_YET, tone="quiet")


@ui.component
def line(item, count, chosen, is_chosen):
    about = {"aria-label": f"{item.code} {item.name}", "aria-pressed": str(is_chosen).lower()}
    look = {"appearance": "filled" if is_chosen else "plain", "style": LINE, "attrs": about}
    with ui.button(on_click=chosen.set, args=(item.code,), **look), ui.row(wrap=False, style=FACE):
        with ui.column(gap="none", style=NAME):
            ui.text(item.name, style=ELLIPSIS)
            ui.text(item.code, tone="quiet", size="s")
        in_stock(item, count)


def in_stock(item, count):
    tone = "danger" if count < 0 else "warning" if count < item.low_at else "normal"
    ui.badge(f"{count:,} {item.unit}", tone=tone)
