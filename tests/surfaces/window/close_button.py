"""Sends WM_DELETE_WINDOW, as the close button of a window manager does; xdotool cannot."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

CLIENT_MESSAGE = 33


class Message(ctypes.Structure):
    """XClientMessageEvent, padded to the size of an XEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 12),
    ]


def press(window: int) -> None:
    x = ctypes.CDLL("libX11.so.6")
    open_display = declare(x.XOpenDisplay, ctypes.c_void_p, ctypes.c_char_p)
    atom = declare(x.XInternAtom, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    arguments = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p)
    send = declare(x.XSendEvent, ctypes.c_int, *arguments)
    close = declare(x.XCloseDisplay, ctypes.c_int, ctypes.c_void_p)
    display = open_display(None)
    message = Message(CLIENT_MESSAGE, 0, 1, display, window, atom(display, b"WM_PROTOCOLS", 0), 32)
    message.data[0] = atom(display, b"WM_DELETE_WINDOW", 0)
    send(display, window, 0, 0, ctypes.byref(message))
    close(display)


def declare(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype, function.argtypes = result, arguments
    return function


if __name__ == "__main__":
    press(int(sys.argv[1]))
