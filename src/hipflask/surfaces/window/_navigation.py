"""Where a page in a WebKitGTK window may go, and what becomes of the files it offers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from hipflask.surfaces.window._gtk import DEFAULT, HANDLED, Gtk
from hipflask.surfaces.window.outside import leaves, open_outside

NEW_WINDOW, RESPONSE = 1, 2  # WebKitPolicyDecisionType
SAVE, ACCEPT = 1, -3  # GtkFileChooserAction, GtkResponseType
DOWNLOADS = 2  # GUserDirectory


class Navigation:
    """Keeps a window at home, in the origins it was opened for; all else is for the person's own browser."""

    def __init__(self, gtk: Gtk, open_window: Callable[[str], None]) -> None:
        self._gtk = gtk
        self._open_window = open_window
        self.homes: set[str] = set()

    def decide(self, view: int, decision: int, kind: int) -> int:
        """Answer "decide-policy", which is asked before each request and again when its answer comes."""
        if kind == RESPONSE:
            return self._decide_response(decision)
        gtk = self._gtk
        action = gtk.webkit_navigation_policy_decision_get_navigation_action(decision)
        url = gtk.webkit_uri_request_get_uri(gtk.webkit_navigation_action_get_request(action)).decode()
        if leaves(url, self.homes):
            wanted = kind == NEW_WINDOW or gtk.webkit_navigation_action_is_user_gesture(action)
            # Else a frame inside the page, or a redirect: known only when its answer comes.
            return self._send_outside(decision, url) if wanted else DEFAULT
        if kind == NEW_WINDOW:
            gtk.webkit_policy_decision_ignore(decision)
            self._open_window(url)
            return HANDLED
        return DEFAULT

    def _decide_response(self, decision: int) -> int:
        gtk = self._gtk
        url = gtk.webkit_uri_request_get_uri(
            gtk.webkit_response_policy_decision_get_request(decision)
        ).decode()
        main = gtk.webkit_response_policy_decision_is_main_frame_main_resource(decision)
        if main and leaves(url, self.homes):
            return self._send_outside(decision, url)
        if not gtk.webkit_response_policy_decision_is_mime_type_supported(decision):
            gtk.webkit_policy_decision_download(decision)
            return HANDLED
        return DEFAULT

    def _send_outside(self, decision: int, url: str) -> int:
        self._gtk.webkit_policy_decision_ignore(decision)
        open_outside(url)
        return HANDLED


class Downloads:
    """Saves what a page offers where the person says.

    Only our own pages get here. The person's browser could not fetch it for them, as the cookie is ours.
    """

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk

    def watch(self, context: int) -> None:
        """See to all downloads of this web context."""
        self._gtk.connect(context, "download-started", self._started)

    def _started(self, context: int, download: int) -> None:
        self._gtk.connect(download, "decide-destination", self._ask_where_to_save)

    def _ask_where_to_save(self, download: int, suggested: bytes) -> int:
        gtk = self._gtk
        view = gtk.webkit_download_get_web_view(download)
        parent = gtk.gtk_widget_get_toplevel(view) if view else None
        dialog = gtk.gtk_file_chooser_native_new(None, parent, SAVE, None, None)
        if folder := gtk.g_get_user_special_dir(DOWNLOADS):
            gtk.gtk_file_chooser_set_current_folder(dialog, folder)
        gtk.gtk_file_chooser_set_current_name(dialog, suggested.decode())
        gtk.gtk_file_chooser_set_do_overwrite_confirmation(dialog, True)
        gtk.gtk_native_dialog_set_modal(dialog, True)
        gtk.connect(dialog, "response", partial(self._answered, download))
        gtk.gtk_native_dialog_show(dialog)
        return HANDLED

    def _answered(self, download: int, dialog: int, response: int) -> None:
        gtk = self._gtk
        if response == ACCEPT:
            name = gtk.gtk_file_chooser_get_filename(dialog)
            gtk.webkit_download_set_destination(download, Path(gtk.take(name)).as_uri())
        else:
            gtk.webkit_download_cancel(download)
        gtk.g_object_unref(dialog)
