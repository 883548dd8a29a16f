r"""What Windows is told about a program: the files and addresses that it opens, and whether it starts with the session.

All of it stands below HKEY_CURRENT_USER, so nobody needs to be an administrator. Two kinds of entries are kept apart:

    values_of(project)      Software\Classes\com.example.stock.poker\shell\open\command = "{program}" "%1"
                            the program's own: it can be chosen for such files, and Windows lists it among its apps
    claims_of(project)      Software\Classes\.poker = com.example.stock.poker
                            what there is once for all programs: taken only if nobody has it, and given back

`{program}` stands for the full path of the launcher. The capabilities, below `Software\com.example.stock`, list every file type
and scheme: so whoever removes the program, or a later version that declares others, knows what there is to take back.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..project import FileType, Project

PROGRAM = "{program}"
CLASSES = r"Software\Classes"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_REGISTERED = r"Software\RegisteredApplications"
_OPEN = f'"{PROGRAM}" "%1"'


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One value of the registry, below HKEY_CURRENT_USER; "" is the name of a key's default value."""

    key: str
    name: str
    data: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that only one program can have: it is ours, `more` and all, unless another has set the mark."""

    mark: Value
    more: tuple[Value, ...] = ()


def values_of(project: Project) -> list[Value]:
    """Every entry of the program's own."""
    values = [value for kind in project.file_types for value in _of_file_type(project, kind)]
    if project.schemes:
        values += _of_class(project, _scheme_class(project), project.name)
        values.append(Value(rf"{CLASSES}\{_scheme_class(project)}", "URL Protocol", ""))
    if values:
        values += _capabilities(project)
    if project.autostart:
        values.append(Value(RUN, project.id, f'"{PROGRAM}"'))
    return sorted(values)


def claims_of(project: Project) -> list[Claim]:
    """What the program takes only where it is free."""
    files = [
        Claim(Value(rf"{CLASSES}\{kind.extension}", "", _file_class(project, kind)))
        for kind in project.file_types
    ]
    return files + [_claim_of_scheme(project, scheme) for scheme in project.schemes]


def _of_file_type(project: Project, kind: FileType) -> list[Value]:
    name = _file_class(project, kind)
    return [
        *_of_class(project, name, kind.name),
        Value(rf"{CLASSES}\{kind.extension}\OpenWithProgids", name, ""),
    ]


def _of_class(project: Project, name: str, title: str) -> list[Value]:
    home = rf"{CLASSES}\{name}"
    return [
        Value(home, "", title),
        Value(rf"{home}\DefaultIcon", "", f'"{PROGRAM}",0'),
        Value(rf"{home}\shell\open\command", "", _OPEN),
    ]


def _capabilities(project: Project) -> list[Value]:
    """What lists it in the settings, under "Default apps": the way in which Windows lets a user choose."""
    home = rf"{_home(project)}\Capabilities"
    return [
        Value(_REGISTERED, project.id, home),
        Value(home, "ApplicationName", project.name),
        Value(home, "ApplicationDescription", project.description or project.name),
        *(
            Value(rf"{home}\FileAssociations", kind.extension, _file_class(project, kind))
            for kind in project.file_types
        ),
        *(Value(rf"{home}\URLAssociations", scheme, _scheme_class(project)) for scheme in project.schemes),
    ]


def _claim_of_scheme(project: Project, scheme: str) -> Claim:
    home = rf"{CLASSES}\{scheme}"
    more = (
        Value(home, "", f"URL:{project.name}"),
        Value(home, "URL Protocol", ""),
        Value(rf"{home}\DefaultIcon", "", f'"{PROGRAM}",0'),
    )
    return Claim(Value(rf"{home}\shell\open\command", "", _OPEN), more)


def _file_class(project: Project, kind: FileType) -> str:
    return project.id + kind.extension


def _scheme_class(project: Project) -> str:
    return f"{project.id}.url"


def _home(project: Project) -> str:
    return rf"Software\{project.id}"
