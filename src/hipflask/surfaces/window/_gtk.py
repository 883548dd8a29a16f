"""GTK 3 and WebKitGTK through ctypes: every function that we call, with its C types, in one table.

Without a declared type ctypes takes each number for a C int and cuts a 64-bit pointer in half, so a function that
is not in the table cannot be called. Functions are bound at their first use: starting costs only what is used.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
from collections.abc import Callable
from typing import Any

from hipflask.core.errors import MissingPart

# `result name arguments…`; `str` takes a Python string and `bytes` gives what C still owns.
PROTOTYPES = """
    bytes  g_get_user_special_dir                        int
    void   g_set_prgname                                 str
    bytes  g_get_prgname
    uint   g_idle_add_full                               int call ptr ptr
    uint   g_timeout_add_full                            int uint call ptr ptr
    uint   g_unix_signal_add                             int call ptr
    int    g_source_remove                               uint
    void   g_error_free                                  ptr
    void   g_free                                        ptr
    void   g_object_unref                                ptr
    void   g_object_set_property                         ptr str ptr
    int    g_type_check_instance_is_a                    ptr size
    bytes  g_type_name_from_instance                     ptr
    uint   g_list_length                                 ptr
    ptr    g_list_nth_data                               ptr uint
    void   g_list_free                                   ptr
    uint   g_slist_length                                ptr
    ptr    g_slist_nth_data                              ptr uint
    void   g_slist_free                                  ptr
    void   g_strfreev                                    ptr
    ptr    g_value_init                                  ptr size
    void   g_value_set_boolean                           ptr int
    ulong  g_signal_connect_data                         ptr str call ptr ptr int
    ptr    g_cclosure_new                                call ptr ptr
    ptr    g_settings_schema_source_get_default
    ptr    g_settings_schema_source_lookup               ptr str int
    int    g_settings_schema_has_key                     ptr str
    ptr    g_settings_new                                str
    ptr    g_settings_get_string                         ptr str
    void   g_bus_get                                     int ptr call ptr
    ptr    g_bus_get_finish                              ptr ptr
    void   g_dbus_connection_set_exit_on_close           ptr int
    void   g_dbus_connection_call                        ptr str str str str ptr ptr int int ptr call ptr
    ptr    g_dbus_connection_call_finish                 ptr ptr ptr
    ptr    g_variant_new_string                          str
    ptr    g_variant_new_uint32                          uint
    ptr    g_variant_new_int32                           int
    ptr    g_variant_new_variant                         ptr
    ptr    g_variant_new_dict_entry                      ptr ptr
    ptr    g_variant_new_array                           str ptr size
    ptr    g_variant_new_tuple                           ptr size
    ptr    g_variant_print                               ptr int
    void   g_variant_unref                               ptr

    void   gtk_disable_setlocale
    int    gtk_init_check                                ptr ptr
    void   gtk_main
    void   gtk_main_quit
    uint   gtk_main_level
    int    gtk_main_iteration_do                         int
    int    gtk_events_pending
    ptr    gtk_settings_get_default
    ptr    gtk_window_new                                int
    ptr    gtk_offscreen_window_new
    void   gtk_window_set_title                          ptr str
    void   gtk_window_set_default_size                   ptr int int
    void   gtk_window_set_resizable                      ptr int
    void   gtk_window_present                            ptr
    void   gtk_window_move                               ptr int int
    void   gtk_window_set_geometry_hints                 ptr ptr ptr int
    void   gtk_window_resize                             ptr int int
    void   gtk_window_maximize                           ptr
    void   gtk_window_unmaximize                         ptr
    void   gtk_window_fullscreen                         ptr
    void   gtk_window_unfullscreen                       ptr
    void   gtk_window_get_size                           ptr ptr ptr
    void   gtk_window_get_position                       ptr ptr ptr
    void   gtk_window_add_accel_group                    ptr ptr
    ptr    gtk_accel_group_new
    void   gtk_accel_group_connect                       ptr uint uint uint ptr
    void   gtk_container_add                             ptr ptr
    void   gtk_widget_realize                            ptr
    void   gtk_widget_reparent                           ptr ptr
    void   gtk_widget_show_all                           ptr
    void   gtk_widget_destroy                            ptr
    int    gtk_widget_get_mapped                         ptr
    ptr    gtk_widget_get_window                         ptr
    ptr    gtk_widget_get_toplevel                       ptr
    void   gtk_widget_grab_focus                         ptr
    void   gtk_widget_set_size_request                   ptr int int
    ptr    gtk_widget_get_style_context                  ptr
    int    gtk_style_context_lookup_color                ptr str ptr
    ptr    gtk_file_chooser_native_new                   str ptr int str str
    void   gtk_native_dialog_show                        ptr
    void   gtk_native_dialog_set_modal                   ptr int
    void   gtk_native_dialog_destroy                     ptr
    size   gtk_dialog_get_type
    void   gtk_dialog_response                           ptr int
    ptr    gtk_window_list_toplevels
    int    gtk_file_chooser_set_current_folder           ptr path
    void   gtk_file_chooser_set_current_name             ptr str
    void   gtk_file_chooser_set_do_overwrite_confirmation ptr int
    ptr    gtk_file_chooser_get_filename                 ptr
    ptr    gtk_file_chooser_get_filenames                ptr
    void   gtk_file_chooser_set_select_multiple          ptr int
    void   gtk_file_chooser_add_filter                   ptr ptr
    ptr    gtk_file_filter_new
    void   gtk_file_filter_set_name                      ptr str
    void   gtk_file_filter_add_pattern                   ptr str
    ptr    gtk_clipboard_get                             ptr
    void   gtk_clipboard_set_text                        ptr str int
    void   gtk_clipboard_request_text                    ptr call ptr
    ptr    gtk_selection_data_get_uris                   ptr

    void   gdk_set_program_class                         str
    ptr    gdk_atom_intern                               str int
    int    gdk_event_get_button                          ptr ptr
    int    gdk_window_get_state                          ptr
    void   gdk_window_get_frame_extents                  ptr ptr
    ptr    gdk_display_get_default
    int    gdk_display_get_n_monitors                    ptr
    ptr    gdk_display_get_monitor                       ptr int
    ptr    gdk_display_get_primary_monitor               ptr
    ptr    gdk_display_get_monitor_at_window             ptr ptr
    void   gdk_monitor_get_workarea                      ptr ptr
    ptr    gdk_screen_get_default
    ptr    gdk_screen_get_monitor_plug_name              ptr int

    ptr    webkit_web_context_new_ephemeral
    void   webkit_web_context_set_preferred_languages    ptr ptr
    ptr    webkit_web_view_new_with_context              ptr
    ptr    webkit_web_view_get_settings                  ptr
    void   webkit_web_view_load_uri                      ptr str
    void   webkit_web_view_load_alternate_html           ptr str str str
    void   webkit_web_view_reload                        ptr
    void   webkit_web_view_go_back                       ptr
    void   webkit_web_view_go_forward                    ptr
    bytes  webkit_web_view_get_uri                       ptr
    bytes  webkit_web_view_get_title                     ptr
    double webkit_web_view_get_zoom_level                ptr
    void   webkit_web_view_set_zoom_level                ptr double
    void   webkit_web_view_set_background_color          ptr ptr
    void   webkit_web_view_get_snapshot                  ptr int int ptr call ptr
    ptr    webkit_web_view_get_snapshot_finish           ptr ptr ptr
    void   webkit_settings_set_hardware_acceleration_policy ptr int
    void   webkit_settings_set_enable_developer_extras   ptr int
    void   webkit_settings_set_enable_write_console_messages_to_stdout ptr int
    ptr    webkit_web_view_get_user_content_manager      ptr
    ptr    webkit_user_script_new                        str int int ptr ptr
    void   webkit_user_script_unref                      ptr
    void   webkit_user_content_manager_add_script        ptr ptr
    void   webkit_settings_set_javascript_can_access_clipboard ptr int
    int    webkit_hit_test_result_context_is_editable    ptr
    int    webkit_hit_test_result_context_is_selection   ptr
    ptr    webkit_navigation_policy_decision_get_navigation_action ptr
    int    webkit_navigation_action_is_user_gesture      ptr
    ptr    webkit_navigation_action_get_request          ptr
    ptr    webkit_response_policy_decision_get_request   ptr
    int    webkit_response_policy_decision_is_main_frame_main_resource ptr
    int    webkit_response_policy_decision_is_mime_type_supported ptr
    bytes  webkit_uri_request_get_uri                    ptr
    void   webkit_policy_decision_ignore                 ptr
    void   webkit_policy_decision_download               ptr
    ptr    webkit_download_get_web_view                  ptr
    void   webkit_download_set_destination               ptr str
    void   webkit_download_cancel                        ptr

    int    cairo_surface_write_to_png                    ptr path
    bytes  cairo_status_to_string                        int
    void   cairo_surface_destroy                         ptr
"""

# What GTK calls back: the result, then the arguments before the last, which is always our unused `data`.
CALLBACKS = {
    "g_idle_add_full": "int",
    "g_unix_signal_add": "int",
    "g_timeout_add_full": "int",
    "ready": "void ptr ptr",  # GAsyncReadyCallback
    "clipboard-text": "void ptr bytes",
    "accelerator": "int ptr ptr uint uint",
    "destroy": "void ptr",
    "delete-event": "int ptr ptr",
    "configure-event": "int ptr ptr",
    "map-event": "int ptr ptr",
    "monitors-changed": "void ptr",
    "window-state-event": "int ptr ptr",
    "button-press-event": "int ptr ptr",
    "drag-data-received": "void ptr ptr int int ptr uint uint",
    "drag-drop": "int ptr ptr int int uint",
    "decide-policy": "int ptr ptr int",
    "context-menu": "int ptr ptr ptr ptr",
    "notify::title": "void ptr ptr",
    "web-process-terminated": "void ptr int",
    "download-started": "void ptr ptr",
    "decide-destination": "int ptr bytes",
    "response": "void ptr int",
}

LIBRARIES = ("libwebkit2gtk-4.1.so.0", "libwebkit2gtk-4.0.so.37")  # the newest first; they differ inside only
COMPANIONS = ("libgtk-3.so.0", "libgdk-3.so.0", "libgobject-2.0.so.0", "libgio-2.0.so.0", "libcairo.so.2")

NOT_INSTALLED = """WebKitGTK, the web view that draws windows on Linux, is not installed. Install it with one of
    sudo apt install libwebkit2gtk-4.1-0
    sudo dnf install webkit2gtk4.1
    sudo pacman -S webkit2gtk-4.1"""


class _Text:
    """A Python string on its way to C."""

    @classmethod
    def from_param(cls, value: str | None) -> ctypes.c_char_p:
        return ctypes.c_char_p(None if value is None else value.encode())


class _FileName:
    """A path on its way to C, in the file system's own encoding."""

    @classmethod
    def from_param(cls, value: str | os.PathLike[str]) -> ctypes.c_char_p:
        return ctypes.c_char_p(os.fsencode(value))


_TYPES: dict[str, Any] = {
    "void": None,
    "int": ctypes.c_int,
    "uint": ctypes.c_uint,
    "ulong": ctypes.c_ulong,
    "size": ctypes.c_size_t,
    "double": ctypes.c_double,
    "ptr": ctypes.c_void_p,
    "call": ctypes.c_void_p,
    "bytes": ctypes.c_char_p,
    "str": _Text,
    "path": _FileName,
}


class Color(ctypes.Structure):
    """GdkRGBA."""

    _fields_ = [(part, ctypes.c_double) for part in ("red", "green", "blue", "alpha")]


class Rectangle(ctypes.Structure):
    """GdkRectangle."""

    _fields_ = [(part, ctypes.c_int) for part in ("x", "y", "width", "height")]


class GError(ctypes.Structure):
    """What went wrong, as GLib says it."""

    _fields_ = [("domain", ctypes.c_uint32), ("code", ctypes.c_int), ("message", ctypes.c_char_p)]


class GValue(ctypes.Structure):
    """Room for a value of any GLib type."""

    _fields_ = [("type", ctypes.c_size_t), ("data", ctypes.c_uint64 * 2)]


BOOLEAN = 5 << 2  # G_TYPE_BOOLEAN
HANDLED, DEFAULT = 1, 0  # what a signal's handler answers: done, or let GTK do what it usually does


class Gtk:
    """The functions of the table as attributes, and the two ways in which GTK calls us."""

    def __init__(self, libraries: list[ctypes.CDLL]) -> None:
        self._libraries = libraries
        self._table = {line.split()[1]: line.split() for line in PROTOTYPES.splitlines() if line.strip()}
        self._kept: list[object] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self._table:
            raise AttributeError(f"{name} is not in the table of _gtk.py; add it with its C types")
        result, _, *arguments = self._table[name]
        function = self._find(name)
        function.restype = _TYPES[result]
        function.argtypes = [_TYPES[argument] for argument in arguments]
        setattr(self, name, function)
        return function

    def _find(self, name: str) -> Any:
        for library in self._libraries:
            if function := getattr(library, name, None):
                return function
        raise MissingPart(f"This WebKitGTK is too old for Hipflask: it has no {name}. Update it.")

    def callback(self, kind: str, function: Callable[..., Any]) -> Any:
        """Make `function` callable from C, for as long as the program lives.

        Never freed, because GTK may be inside a handler while that is disconnected; a window needs about ten.
        """
        result, *arguments = (_TYPES[name] for name in CALLBACKS[kind].split())
        made = ctypes.CFUNCTYPE(result, *arguments, ctypes.c_void_p)(lambda *given: function(*given[:-1]))
        self._kept.append(made)
        return made

    def connect(self, instance: int, signal: str, function: Callable[..., Any]) -> None:
        """Have `function` called with the signal's arguments, the first of which is the instance."""
        self.g_signal_connect_data(instance, signal, self.callback(signal, function), None, None, 0)

    def take(self, text: int) -> str:
        """Copy a string that C gave us to keep, and free it."""
        copied = ctypes.string_at(text)
        self.g_free(text)
        return os.fsdecode(copied)

    def take_all(self, texts: int) -> list[str]:
        """Copy a list of strings that C gave us to keep, and free it."""
        pointers = ctypes.cast(texts, ctypes.POINTER(ctypes.c_char_p))
        copied = [
            os.fsdecode(text)
            for text in itertools.takewhile(bool, map(pointers.__getitem__, itertools.count()))
        ]
        self.g_strfreev(texts)
        return copied

    def message(self, error: ctypes._Pointer[GError]) -> str:
        """What went wrong, in words; frees the error."""
        said: str = error.contents.message.decode(errors="replace")
        self.g_error_free(error)
        return said

    def set_boolean(self, instance: int, name: str, value: bool) -> None:
        """Set a property that has no function of its own."""
        held = GValue()
        self.g_value_init(ctypes.byref(held), BOOLEAN)
        self.g_value_set_boolean(ctypes.byref(held), value)
        self.g_object_set_property(instance, name, ctypes.byref(held))


@functools.cache
def load() -> Gtk:
    """Load the libraries, or raise `MissingPart` with what to install."""
    gtk = Gtk([_webkit(), *map(ctypes.CDLL, COMPANIONS)])
    gtk.gtk_disable_setlocale()  # it would change how numbers are read in the whole process
    return gtk


def _webkit() -> ctypes.CDLL:
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise MissingPart(NOT_INSTALLED)
