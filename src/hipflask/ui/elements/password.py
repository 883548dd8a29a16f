"""Something to type that nobody else should read."""

from __future__ import annotations

from typing import Unpack

from ..element import text
from ..fields import FieldOptions, field
from ..tree import Kind, Node
from .input import shown

PASSWORD = Kind("password", "wa-input", role="textbox", label="label", field="value")


def password(
    label: str = "Password", *, value: str = "", new: bool = False, **options: Unpack[FieldOptions]
) -> Node:
    """Show a field whose letters are hidden until its eye is pressed; `new` where one is chosen, not asked for.

    >>> secret = ui.state("")
    >>> ui.password(bind=secret, hint="The one of the locker room")
    """
    props = {
        "label": label, "type": "password", "passwordToggle": True,
        "autocomplete": "new-password" if new else "current-password",
    }  # fmt: skip
    return field(PASSWORD, "input", props, options, value=value, encode=shown, decode=text)
