"""How the parts of the inspector's window look: measures and colours, as CSS."""

from __future__ import annotations

from ....ui.theme import Theme

# Much is to be seen at once, and nobody stays for long.
THEME = Theme(
    density=0.86,
    tokens={"--wa-font-size-scale": "0.875", "--hf-heading-scale": "0.74"},
)

PAGE = {"position": "fixed", "inset": "0", "min-height": "0"}
NAV = {
    "flex": "0 0 12.5rem",
    "min-height": "0",
    "padding": "1rem 0.75rem",
    "overflow": "auto",
    "background": "var(--wa-color-surface-lowered)",
    "border-inline-end": "1px solid var(--wa-color-surface-border)",
}
MAIN = {
    "flex": "1 1 0",
    "min-width": "0",
    "min-height": "0",
    "padding": "1rem 1.25rem 1.1rem",
    "overflow": "auto",
}
LINK = {
    "display": "flex",
    "align-items": "center",
    "gap": "0.6rem",
    "padding": "0.4rem 0.6rem",
    "border-radius": "var(--wa-border-radius-m)",
    "color": "var(--wa-color-text-normal)",
    "text-decoration": "none",
    "align-self": "stretch",
}
HERE = LINK | {
    "background": "var(--wa-color-brand-fill-quiet)",
    "color": "var(--wa-color-brand-on-quiet)",
    "font-weight": "600",
}
FILL = {"flex": "1 1 0", "min-height": "0"}  # what takes the height that is left
SIDE_BY_SIDE = FILL | {"min-width": "0"}
PANE = {"min-width": "0", "min-height": "0", "overflow": "auto"}
PANEL = PANE | {
    "padding": "0.9rem 1rem",
    "border": "1px solid var(--wa-color-surface-border)",
    "border-radius": "var(--wa-border-radius-l)",
    "background": "var(--wa-color-surface-default)",
}
MONO = {"font-family": "var(--wa-font-family-code)", "font-size": "0.86em"}
WIDE = {"max-width": "none"}  # of a sentence that has a whole line
TO_END = {"margin-inline-start": "auto"}
NARROW_FIELD = {"flex": "0 1 12rem"}
FACTS = {
    "display": "grid",
    "grid-template-columns": "max-content minmax(0, 1fr)",
    "gap": "0.3rem 1rem",
    "align-items": "baseline",
}
CURRENT = {"background": "var(--wa-color-brand-fill-quiet)"}
QUOTED = {
    "padding": "0.6rem 0.8rem",
    "border-radius": "var(--wa-border-radius-m)",
    "background": "var(--wa-color-surface-lowered)",
    "overflow-wrap": "anywhere",
}
