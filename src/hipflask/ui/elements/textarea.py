"""Several lines of text to type."""

from __future__ import annotations

from typing import Unpack

from ..element import text
from ..fields import FieldOptions, field
from ..tree import Kind, Node
from .input import shown

TEXTAREA = Kind("textarea", "wa-textarea", role="textbox", label="label", field="value")


def textarea(
    label: str,
    *,
    value: str = "",
    rows: int = 4,
    placeholder: str | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for several lines of text; `bind=` keeps them, letter by letter.

    >>> notes = ui.state("Bring the bat.")
    >>> ui.textarea("Notes", bind=notes, rows=6)
    """
    props = {"label": label, "rows": rows, "placeholder": placeholder}
    if rows != 4:  # for the style sheet, before the element is loaded
        options = {**options, "style": {"--hf-rows": str(rows), **options.get("style", {})}}
    return field(TEXTAREA, "input", props, options, value=value, encode=shown, decode=text)
