"""The system's own dialogs for files, above a window; they wait for the person without keeping anybody else waiting."""

from __future__ import annotations

from collections.abc import Callable

from hipflask.core.desk import ChooseFiles
from hipflask.surfaces.window._gtk import Gtk

Answered = Callable[[list[str]], None]

ACTIONS = {"open": 0, "save": 1, "folder": 2}  # GtkFileChooserAction
ACCEPT = -3  # GtkResponseType


class FileDialogs:
    """The questions about files that one window has open; when it closes, the answer to all of them is: none."""

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk
        self._open: dict[int, Answered] = {}

    def ask(self, window: int, question: ChooseFiles, answered: Answered) -> None:
        """Open a dialog that nobody can overlook while they work in this window."""
        gtk = self._gtk
        title = question.title or None
        dialog = gtk.gtk_file_chooser_native_new(title, window, ACTIONS[question.kind], None, None)
        self._prepare(dialog, question)
        self._open[dialog] = answered
        gtk.connect(dialog, "response", self._answer)
        gtk.gtk_native_dialog_set_modal(dialog, True)
        gtk.gtk_native_dialog_show(dialog)

    def dismiss(self) -> None:
        """Take all of them away."""
        for dialog, answered in self._take_all():
            self._gtk.gtk_native_dialog_destroy(dialog)
            self._gtk.g_object_unref(dialog)
            answered([])

    def _take_all(self) -> list[tuple[int, Answered]]:
        taken = list(self._open.items())
        self._open.clear()
        return taken

    def _prepare(self, dialog: int, question: ChooseFiles) -> None:
        gtk = self._gtk
        gtk.gtk_file_chooser_set_select_multiple(dialog, question.many)
        if question.folder:
            gtk.gtk_file_chooser_set_current_folder(dialog, question.folder)
        if question.kind == "save":
            gtk.gtk_file_chooser_set_do_overwrite_confirmation(dialog, True)
            gtk.gtk_file_chooser_set_current_name(dialog, question.name)
        for name, patterns in question.types:
            kind = gtk.gtk_file_filter_new()
            gtk.gtk_file_filter_set_name(kind, name)
            for pattern in patterns:
                gtk.gtk_file_filter_add_pattern(kind, in_any_case(pattern))
            gtk.gtk_file_chooser_add_filter(dialog, kind)

    def _answer(self, dialog: int, response: int) -> None:
        answered = self._open.pop(dialog)
        chosen = self._chosen(dialog) if response == ACCEPT else []
        self._gtk.g_object_unref(dialog)
        answered(chosen)

    def _chosen(self, dialog: int) -> list[str]:
        gtk = self._gtk
        names = gtk.gtk_file_chooser_get_filenames(dialog)
        chosen = [gtk.take(gtk.g_slist_nth_data(names, at)) for at in range(gtk.g_slist_length(names))]
        gtk.g_slist_free(names)
        return chosen


def in_any_case(pattern: str) -> str:
    """`*.png` as `*.[pP][nN][gG]`: cameras write PHOTO.PNG, and GTK would hide it."""
    return "".join(f"[{char.lower()}{char.upper()}]" if char.isalpha() else char for char in pattern)
