"""What a Linux desktop is told about a program: its entry in the menu, what it opens, whether it starts with the session.

The forms are those of freedesktop.org, which every desktop follows: the Desktop Entry and the Shared MIME-info specification.
A running window says the program's id as its class (`WindowOptions.app_id`), so everything here is called after the id, too:
this is how a dock knows which icon belongs to a window.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ..project import FileType, Project

# What cannot stand in a quoted word of an Exec line without a backslash before it.
_QUOTED = str.maketrans({letter: f"\\{letter}" for letter in '"`$\\'})


def desktop_entry(project: Project, program: str, icon: str = "") -> str:
    """The menu's entry; `program` is the path of what it starts, `icon` a name or a path, the id if it is not given."""
    opened = [file_type.mime for file_type in project.file_types]
    opened += [f"x-scheme-handler/{scheme}" for scheme in project.schemes]
    lines = {
        "Type": "Application",
        "Version": "1.1",
        "Name": _text(project.name),
        "Comment": _text(project.description),
        "Exec": exec_of(program) + _what_is_opened(project),
        "Icon": _text(icon or project.id),
        "Terminal": "false",
        "Categories": "Utility;",
        "StartupNotify": "true",
        "StartupWMClass": project.id,
    }
    if opened:
        lines["MimeType"] = "".join(f"{mime};" for mime in opened)
    return _written(lines)


def autostart_entry(project: Project, program: str) -> str:
    """The session's entry: it does nothing where the program has been taken away and this file has not."""
    return _written(
        {
            "Type": "Application",
            "Name": _text(project.name),
            "Exec": exec_of(program),
            "TryExec": _text(program),
            "Icon": project.id,
            "Terminal": "false",
            "NoDisplay": "true",
        }
    )


def mime_package(project: Project) -> str:
    """The kinds of files that the program brings, for the system's list of them; empty if there are none."""
    if not project.file_types:
        return ""
    types = "".join(map(_mime_type, project.file_types))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">\n{types}</mime-info>\n'
    ).replace("{icon}", quoteattr(project.id))


def exec_of(program: str) -> str:
    """A path as the first word of an Exec line: quoted, and then with the backslashes that every value of the file has."""
    return '"' + program.translate(_QUOTED).replace("\\", "\\\\").replace("%", "%%") + '"'


def _what_is_opened(project: Project) -> str:
    """What stands for it in the Exec line: a path if it can only be a file, or else an address, a file's being file://…"""
    if project.schemes:
        return " %u"
    return " %f" if project.file_types else ""


def _text(value: str) -> str:
    return value.replace("\\", "\\\\")


def _written(lines: dict[str, str]) -> str:
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def _mime_type(file_type: FileType) -> str:
    # A kind that others know as well, as text/csv, keeps the picture that the desktop has for it.
    is_own = file_type.mime.partition("/")[2].startswith(("x-", "vnd."))
    return (
        f"  <mime-type type={quoteattr(file_type.mime)}>\n"
        f"    <comment>{escape(file_type.name)}</comment>\n"
        + ("    <icon name={icon}/>\n" if is_own else "")
        + f"    <glob pattern={quoteattr('*' + file_type.extension)}/>\n"
        "  </mime-type>\n"
    )
