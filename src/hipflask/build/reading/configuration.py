"""Where a project says what it is: `[tool.hipflask]`, with `[project]` beside it, or nothing at all.

    [tool.hipflask]
    app = "stock"                       found as `hipflask run` finds it, if it is not said
    id = "com.example.stock"
    name = "Stock"
    icon = "icon.png"
    schemes = ["stock"]
    file-types = [{ extension = ".stock", name = "Stock list", opens = "/import" }]
    updates = { url = "https://example.com/stock" }
    hooks = { sign-windows = "signtool sign … {file}" }

A script alone is a project too: it is called what its file is called, and needs what it imports.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.metadata import packages_distributions, version
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from ...core.errors import BuildError
from ..project import FileType, Project, Updates
from . import source as sources
from .finding import find_program, is_project_of
from .pyproject import FileTypeTable, HooksTable, Pyproject, Standard, Table, UpdatesTable, read_pyproject

# Inline script metadata, as PEP 723 has it: a block of comments at the top of a script.
_INLINE = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<body>(^#(| .*)$\s)+)^# ///[ \t]*$")
_OF_THE_STORE = {"sqlalchemy", "alembic", "Store", "Mapped"}
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def read_project(import_path: str | None, here: Path, *, name: str = "", version: str = "") -> Project:
    """The project that an app belongs to: `import_path` is what `--app` said, if anything, `here` the folder of the shell.

    `name` and `version` are said on the command line, and win. Raises BuildError for a table that says what cannot be.
    """
    wanted = import_path or (read_pyproject(here).own.app or None)
    source, module, attribute = find_program(wanted, here)
    home = next((each for each in (source, source.parent) if is_project_of(each, source)), None)
    said = read_pyproject(home) if home else Pyproject(Table(), Standard())
    said.own.name, said.own.version = name or said.own.name, version or said.own.version
    app = f"{module}:{attribute}" if attribute else module
    return _project(home or source, source, app, said, is_script=home is None)


def _project(folder: Path, source: Path, app: str, said: Pyproject, *, is_script: bool) -> Project:
    own, standard = said.own, said.standard
    module = app.partition(":")[0]
    if is_script:
        files = sources.files_of_script(source, module)
    else:
        files = sources.files_of_project(source, own.include, own.exclude)
    sources.refuse_secrets(source, files)
    imports = sources.imports_of(source / file for file in files if file.endswith(".py"))
    name = own.name or standard.name or module.rpartition(".")[2].replace("_", " ").capitalize()
    program = _program(name)
    if own.requires is not None:
        requires = tuple(own.requires)
    elif is_script:
        requires = _requires_of_script(source, module, files, imports)
    else:
        requires = tuple(standard.dependencies)
    extras, requires = _without_hipflask(requires)
    if "markdown" in imports.words:
        extras |= {"markdown"}
    return Project(
        folder=folder,
        source=source,
        app=app,
        files=files,
        id=_checked_id(own.id or f"hipflask.{program}"),
        name=_checked_line("name", name),
        program=program,
        version=_checked_version(own.version or standard.version or "0.1.0"),
        publisher=_checked_line(
            "publisher", own.publisher or next((each.name for each in standard.authors), "") or name
        ),
        description=_checked_line("description", own.description or standard.description or name),
        homepage=own.homepage or next(iter(standard.urls.values()), ""),
        icon=_picture(folder, "icon", own.icon),
        splash=_picture(folder, "splash", own.splash),
        file_types=tuple(map(_file_type, own.file_types)),
        schemes=tuple(map(_scheme, own.schemes)),
        autostart=own.autostart,
        single_instance=own.single_instance,
        requires=requires,
        sdists=tuple(own.sdists),
        extras=tuple(sorted(extras)),
        store=own.store if own.store is not None else bool(_OF_THE_STORE & (imports.words | imports.top())),
        # Several scripts may be in one folder, and each needs packages of its own.
        lock=f"{module}.lock" if is_script else "hipflask.lock",
        updates=_updates(folder, own.updates),
        hooks=_hooks(own.hooks),
    )


# ── what a script needs ───────────────────────────────────────────────────────────────────────────


def _requires_of_script(
    source: Path, module: str, files: Iterable[str], imports: sources.Imports
) -> tuple[str, ...]:
    """What the script says of itself, or else the packages that it imports, as they are installed here."""
    script = source / f"{module}.py"
    inline = _INLINE.search(script.read_text(encoding="utf-8")) if script.is_file() else None
    if inline is not None:
        lines = (line[2:] for line in inline["body"].splitlines())
        said = tomllib.loads("\n".join(lines)).get("dependencies", [])
        return tuple(map(str, said))
    own = {file.partition("/")[0].removesuffix(".py") for file in files}
    homes = packages_distributions()
    needed = {
        homes[name][0]
        for name in imports.top() - own - sys.stdlib_module_names - _OF_THE_STORE
        if name in homes and name != "hipflask"
    }
    return tuple(f"{each}=={version(each)}" for each in sorted(needed))


def _without_hipflask(requires: Iterable[str]) -> tuple[set[str], tuple[str, ...]]:
    """Hipflask's extras that these ask for, and those that are not Hipflask: it comes from the environment that builds."""
    extras: set[str] = set()
    others = []
    for line in requires:
        name = _NAME.match(line.strip())
        if name is not None and name[0].lower() == "hipflask":
            given = re.search(r"\[(.*?)\]", line)
            extras |= {each.strip() for each in given[1].split(",")} if given else set()
        else:
            others.append(line)
    return extras, tuple(others)


# ── what can be ───────────────────────────────────────────────────────────────────────────────────


def _program(name: str) -> str:
    """A name for files and commands: ASCII, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "program"


def _checked_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)+", text) or len(text) > 100:
        raise BuildError(
            f"The id {text!r} cannot be: lower case letters and digits in parts with dots or hyphens between them, as "
            '"com.example.stock". It stays the same for good: what the program keeps for its users is under it.'
        )
    return text


def _checked_line(key: str, text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise BuildError(f"{key} = {text!r} cannot be: it is one line of text that can be read.")
    return text


def _checked_version(text: str) -> str:
    if not re.fullmatch(r"\d{1,5}(\.\d{1,5}){0,3}", text):
        raise BuildError(
            f'version = "{text}" cannot be: one to four numbers with dots between them, as "1.4.0". Windows and macOS know '
            "no others."
        )
    return text


def _picture(folder: Path, key: str, name: str) -> Path | None:
    if not name:
        return None
    path = folder / name
    if not path.is_file() or not path.read_bytes().startswith(b"\x89PNG"):
        raise BuildError(f"{key} = {name!r}: {path} is {'no PNG picture' if path.exists() else 'not there'}.")
    return path


def _file_type(said: FileTypeTable) -> FileType:
    if not re.fullmatch(r"\.[a-z0-9_-]{1,20}", said.extension) or not said.opens.startswith("/"):
        raise BuildError(
            f"A file type {said.extension!r} that opens {said.opens!r} cannot be. Write, say: "
            '{ extension = ".stock", name = "Stock list", opens = "/import" }.'
        )
    mime = said.mime or f"application/x-{said.extension[1:]}"
    return FileType(said.extension, _checked_line("name", said.name), mime, said.opens)


def _scheme(text: str) -> str:
    taken = {"http", "https", "file", "ftp", "mailto", "data", "javascript", "about", "ws", "wss"}
    if not re.fullmatch(r"[a-z][a-z0-9+.-]{1,30}", text) or text in taken:
        raise BuildError(f'schemes = ["{text}"] cannot be: a word of your own, as "stock" for stock://….')
    return text


def _updates(folder: Path, said: UpdatesTable | None) -> Updates | None:
    if said is None:
        return None
    parts = urlsplit(said.url)
    is_local = parts.scheme == "file" or parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.scheme == "https" or (is_local and parts.scheme in ("http", "file"))):
        raise BuildError(
            f"updates.url = {said.url!r} cannot be: it begins with https://, or with file:// for a shared folder."
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", said.channel):
        raise BuildError(f'updates.channel = {said.channel!r} cannot be: a word such as "stable" or "beta".')
    root = folder / said.root
    if not root.is_file():
        raise BuildError(
            f"{root}, which installed programs are to trust, is not there. `hipflask keys make` makes it."
        )
    return Updates(said.url.rstrip("/"), root, said.channel)


def _hooks(said: HooksTable) -> dict[str, str]:
    commands = {
        key.replace("_", "-"): command for key, command in msgspec.structs.asdict(said).items() if command
    }
    for key, command in commands.items():
        if "{file}" not in command:
            raise BuildError(
                f"{key} does not say where the file goes. Write {{file}} in the command: {command}"
            )
    return commands
