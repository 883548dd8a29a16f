"""The part of a desktop that keeps what was copied when the program it came from ends (the X11 selection CLIPBOARD_MANAGER)."""

from __future__ import annotations

import ctypes
from typing import Any

GTK = ctypes.CDLL("libgtk-3.so.0")
PTR, INT, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
REQUEST = ctypes.CFUNCTYPE(INT, PTR, PTR, PTR)


def call(name: str, result: Any, *arguments: Any) -> Any:
    """Call a C function with `(type, value)` pairs."""
    function = GTK[name]
    function.restype, function.argtypes = result, [kind for kind, _ in arguments]
    return function(*[value for _, value in arguments])


def atom(name: bytes) -> tuple[Any, int]:
    return PTR, call("gdk_atom_intern", PTR, (TEXT, name), (INT, 0))


def keep() -> None:
    call("gtk_init", None, (PTR, None), (PTR, None))
    board = PTR, call("gtk_clipboard_get", PTR, atom(b"CLIPBOARD"))

    @REQUEST
    def save(widget: int, event: int, _: None) -> int:
        text = call("gtk_clipboard_wait_for_text", TEXT, board)
        call("gtk_clipboard_set_text", None, board, (TEXT, text), (INT, -1))
        return 0  # GTK then answers that it is saved

    window = PTR, call("gtk_invisible_new", PTR)
    signal = (
        window,
        (TEXT, b"selection-request-event"),
        (PTR, ctypes.cast(save, PTR)),
        (PTR, None),
        (PTR, None),
        (INT, 0),
    )
    call("g_signal_connect_data", ctypes.c_ulong, *signal)
    manager = atom(b"CLIPBOARD_MANAGER")
    call("gtk_selection_add_target", None, window, manager, atom(b"SAVE_TARGETS"), (INT, 0))
    call("gtk_selection_owner_set", INT, window, manager, (ctypes.c_uint, 0))
    print("ready", flush=True)
    call("gtk_main", None)


if __name__ == "__main__":
    keep()
