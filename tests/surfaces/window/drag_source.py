"""A small window of another program that files can be dragged out of: `drag_source.py x y uri…`, or `text:…` for a text."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

TOPLEVEL, BUTTON_1, COPY = 0, 1 << 8, 1 << 1
GTK = ctypes.CDLL("libgtk-3.so.0")
PTR, INT, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
DATA_GET = ctypes.CFUNCTYPE(None, PTR, PTR, PTR, ctypes.c_uint, ctypes.c_uint, PTR)


def call(name: str, result: Any, *arguments: Any) -> Any:
    """Call a C function with `(type, value)` pairs."""
    function = GTK[name]
    function.restype, function.argtypes = result, [kind for kind, _ in arguments]
    return function(*[value for _, value in arguments])


def offer(x: int, y: int, what: list[str]) -> None:
    call("gtk_init", None, (PTR, None), (PTR, None))
    window = call("gtk_window_new", PTR, (INT, TOPLEVEL))
    call("gtk_window_set_title", None, (PTR, window), (TEXT, b"source"))
    call("gtk_window_set_default_size", None, (PTR, window), (INT, 80), (INT, 80))
    call("gtk_window_move", None, (PTR, window), (INT, x), (INT, y))
    call("gtk_drag_source_set", None, (PTR, window), (INT, BUTTON_1), (PTR, None), (INT, 0), (INT, COPY))
    is_text = what[0].startswith("text:")
    call(f"gtk_drag_source_add_{'text' if is_text else 'uri'}_targets", None, (PTR, window))
    uris = (TEXT * (len(what) + 1))(*[uri.encode() for uri in what], None)

    @DATA_GET
    def give(widget: int, drag: int, data: int, info: int, time: int, _: None) -> None:
        if is_text:
            call("gtk_selection_data_set_text", INT, (PTR, data), (TEXT, what[0].encode()), (INT, -1))
        else:
            call("gtk_selection_data_set_uris", INT, (PTR, data), (PTR, uris))

    signal = (
        (PTR, window),
        (TEXT, b"drag-data-get"),
        (PTR, ctypes.cast(give, PTR)),
        (PTR, None),
        (PTR, None),
        (INT, 0),
    )
    call("g_signal_connect_data", ctypes.c_ulong, *signal)
    call("gtk_widget_show_all", None, (PTR, window))
    call("gtk_main", None)


if __name__ == "__main__":
    offer(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
