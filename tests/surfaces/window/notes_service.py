"""The part of a desktop that shows notes: a real service on the session bus, which prints each as one JSON line.

`notes_service.py body-markup` says that it reads `<b>` and the like, as most do.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

GIO = ctypes.CDLL("libgio-2.0.so.0")
PTR, INT, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
SESSION, NOTHING_SPECIAL = 2, 0
METHOD = ctypes.CFUNCTYPE(None, PTR, TEXT, TEXT, TEXT, TEXT, PTR, PTR, PTR)

XML = b"""<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
</interface></node>"""


class Methods(ctypes.Structure):
    """GDBusInterfaceVTable."""

    _fields_ = [("call", METHOD), ("get", PTR), ("set", PTR), ("padding", PTR * 8)]


def call(name: str, result: Any, *arguments: Any) -> Any:
    """Call a C function with `(type, value)` pairs."""
    function = GIO[name]
    function.restype, function.argtypes = result, [kind for kind, _ in arguments]
    return function(*[value for _, value in arguments])


def serve(capabilities: list[str]) -> None:
    @METHOD
    def answer(
        bus: int, who: bytes, path: bytes, kind: bytes, method: bytes, given: int, call_id: int, _: None
    ) -> None:
        if method == b"Notify":
            say(note=call("g_variant_print", TEXT, (PTR, given), (INT, 0)).decode())
        said = "(uint32 7,)" if method == b"Notify" else f"(@as {capabilities},)"
        value = call(
            "g_variant_parse", PTR, (PTR, None), (TEXT, said.encode()), (PTR, None), (PTR, None), (PTR, None)
        )
        call("g_dbus_method_invocation_return_value", None, (PTR, call_id), (PTR, value))

    bus = call("g_bus_get_sync", PTR, (INT, SESSION), (PTR, None), (PTR, None))
    node = call("g_dbus_node_info_new_for_xml", PTR, (TEXT, XML), (PTR, None))
    kind = call(
        "g_dbus_node_info_lookup_interface", PTR, (PTR, node), (TEXT, b"org.freedesktop.Notifications")
    )
    methods = Methods(call=answer)
    where = (
        (PTR, bus),
        (TEXT, b"/org/freedesktop/Notifications"),
        (PTR, kind),
        (PTR, ctypes.addressof(methods)),
    )
    call("g_dbus_connection_register_object", ctypes.c_uint, *where, (PTR, None), (PTR, None), (PTR, None))
    name = (
        (PTR, bus),
        (TEXT, b"org.freedesktop.Notifications"),
        (INT, NOTHING_SPECIAL),
        (PTR, None),
        (PTR, None),
    )
    call("g_bus_own_name_on_connection", ctypes.c_uint, *name, (PTR, None), (PTR, None))
    loop = call("g_main_loop_new", PTR, (PTR, None), (INT, 0))
    say(ready=True)
    call("g_main_loop_run", None, (PTR, loop))


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1:])
