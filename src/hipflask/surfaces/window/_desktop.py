"""What a window takes over from the Linux desktop around it: screen, language, light or dark."""

from __future__ import annotations

import ctypes
import locale
import os
from pathlib import Path

from hipflask.surfaces.window._gtk import Color, Gtk


def displays() -> str:
    """What the environment says of screens, in words."""
    named = [f"{name}={os.environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if named:
        return f"the one that {' and '.join(named)} names does not answer"
    return "neither DISPLAY nor WAYLAND_DISPLAY is set"


def has_graphics(devices: Path = Path("/dev/dri")) -> bool:
    """Whether there is a graphics processor that we may draw with; without one its work would be computed, which takes longer."""
    may_be_used = any(os.access(each, os.R_OK | os.W_OK) for each in devices.glob("renderD*"))
    return may_be_used and not os.environ.get("LIBGL_ALWAYS_SOFTWARE")


def speak_english_in_c(gtk: Gtk, context: int) -> None:
    """Tell pages "en" in the C locale: WebKit would make `navigator.language` "C", which `Intl` refuses."""
    if locale.setlocale(locale.LC_CTYPE).partition(".")[0] in ("C", "POSIX"):
        gtk.webkit_web_context_set_preferred_languages(context, (ctypes.c_char_p * 2)(b"en", None))


def prefer_scheme(gtk: Gtk, scheme: str) -> None:
    """Make the whole program dark or light; GTK 3 does not know of GNOME's own switch, so look at that too."""
    if scheme == "system" and not _gnome_is_dark(gtk):
        return
    settings = gtk.gtk_settings_get_default()
    gtk.set_boolean(settings, "gtk-application-prefer-dark-theme", scheme != "light")


def _gnome_is_dark(gtk: Gtk) -> bool:
    source = gtk.g_settings_schema_source_get_default()
    schema = source and gtk.g_settings_schema_source_lookup(source, "org.gnome.desktop.interface", True)
    if not schema or not gtk.g_settings_schema_has_key(schema, "color-scheme"):
        return False
    settings = gtk.g_settings_new("org.gnome.desktop.interface")
    return gtk.take(gtk.g_settings_get_string(settings, "color-scheme")) == "prefer-dark"


def use_theme_paper(gtk: Gtk, window: int, view: int) -> None:
    """Give the view the theme's own paper, so that no white flashes up before a dark page."""
    color = Color()
    style = gtk.gtk_widget_get_style_context(window)
    if gtk.gtk_style_context_lookup_color(style, "theme_base_color", ctypes.byref(color)):
        gtk.webkit_web_view_set_background_color(view, ctypes.byref(color))
