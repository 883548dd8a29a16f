"""Which program is meant: the module that `--app` names, found as Flask's command line finds it."""

from __future__ import annotations

import re
from pathlib import Path

from ...core.errors import BuildError


def find_program(import_path: str | None, here: Path) -> tuple[Path, str, str]:
    """The folder for sys.path, the module, and what is meant in it, as Flask's command line finds them."""
    if import_path is None:
        for file in ("wsgi.py", "app.py"):
            if (here / file).is_file():
                return here.resolve(), Path(file).stem, ""
        raise BuildError(
            "Which program? There is no app.py here, and no pyproject.toml that names one. Write "
            '`hipflask --app FILE build`, or app = "…" in [tool.hipflask].'
        )
    name, _, attribute = re.sub(r":(?![\\/])", "\0", import_path, count=1).partition("\0")
    for candidate in (here / name, *(here / top / name.replace(".", "/") for top in ("", "src"))):
        path = candidate.resolve()
        path = path.with_suffix("") if path.suffix == ".py" else path
        path = path.parent if path.name == "__init__" else path
        if (path.is_dir() and any(path.glob("*.py"))) or path.with_name(f"{path.name}.py").is_file():
            return *_in_package(path), attribute
    raise BuildError(f"There is no program {name!r} in {here}: neither a file nor a package is called so.")


def _in_package(path: Path) -> tuple[Path, str]:
    parts = [path.name]
    while (path.parent / "__init__.py").exists():
        path = path.parent
        parts.insert(0, path.name)
    return path.parent, ".".join(parts)


def is_project_of(folder: Path, source: Path) -> bool:
    """Whether the pyproject.toml of `folder` is about the program whose modules are in `source`."""
    return (folder == source or source.name == "src") and (folder / "pyproject.toml").is_file()
