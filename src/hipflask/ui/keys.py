"""Keys as people write them, and as a screen knows them: "Ctrl+Shift+S" is `Control+Shift+S` in `aria-keyshortcuts`."""

from __future__ import annotations

from ..core.errors import UsageError

# What people write → what a browser calls the key; all others are the same but for capitals.
_KEYS = {
    "ctrl": "Control",
    "cmd": "Meta",
    "del": "Delete",
    "esc": "Escape",
    "+": "Plus",
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "pageup": "PageUp",
    "pagedown": "PageDown",
}
_MODIFIERS = ("Control", "Alt", "Shift", "Meta")


def as_aria(what: str, shortcut: str) -> str:
    """A shortcut in the words of ARIA; raises UsageError, naming `what` it was for, if it is none."""
    *modifiers, key = [_name(name) for name in shortcut.split("+")]
    if not key or not set(modifiers) <= set(_MODIFIERS) or (len(key) == 1 and not modifiers):
        raise UsageError(
            f"{what}: {shortcut!r} is no shortcut. Write keys as in 'Ctrl+O', 'Ctrl+Shift+Delete' or 'F2'; "
            "a letter needs Ctrl, Alt or Cmd with it."
        )
    return "+".join([name for name in _MODIFIERS if name in modifiers] + [key])


def _name(key: str) -> str:
    return _KEYS.get(key.strip().lower(), key.strip().capitalize())
