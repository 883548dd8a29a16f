"""`hipflask new NAME --from-chalice DIR`: a new folder with the converted app; nothing of the old one is changed or run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.errors import UsageError
from ..new import refuse_odd_name
from .convert import convert
from .edits import Remark, Source
from .names import WAYS, Names
from .settings import Converted, convert_config, convert_policy, convert_requirements, pyproject

_TEMPLATE = Path(__file__).with_name(f"{WAYS}.py-tpl")
_MAIN, _CONFIG, _REQUIREMENTS, _PYPROJECT = (
    "app.py",
    ".chalice/config.json",
    "requirements.txt",
    "pyproject.toml",
)
_NOT_TAKEN = {"__pycache__", "node_modules", _REQUIREMENTS, _PYPROJECT}
_VENDOR = "vendor"
_NO_POLICY = (
    "Chalice has guessed from the code what it may do at Amazon's (autogen_policy). Here it is declared: write "
    'app.allow("dynamodb:GetItem", "arn:aws:dynamodb:…") for what the functions call.'
)


@dataclass
class Conversion:
    """What was written, and what there is to say, by file."""

    files: list[str] = field(default_factory=list)
    remarks: list[tuple[str, Remark]] = field(default_factory=list)

    def report(self) -> Iterator[str]:
        """Lines for the shell: what a person has to do first, then what is good to know."""
        for title, is_open in (("To do by hand:", True), ("Good to know:", False)):
            chosen = dict.fromkeys((file, each) for file, each in self.remarks if each.is_open is is_open)
            if chosen:
                yield title
                yield from (
                    f"  {file}{f', line {each.line}' if each.line else ''}: {each.sentence}"
                    for file, each in chosen
                )


def new_from_chalice(place: Path, old: Path) -> Conversion:
    """Make the folder `place` of the Chalice project in `old`; raises UsageError where that cannot be, and makes nothing then."""
    refuse_odd_name(place.name)
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise UsageError(
            f"{place} is there already, and not an empty folder. Choose another name, or move it away first."
        )
    if place.resolve().is_relative_to(old.resolve()):
        raise UsageError(f"{place} is in the folder that is converted. Choose a place beside it.")
    app = _app_of(old)
    made = Conversion()
    contents = dict(_contents(old, made))
    with _naming(old / _CONFIG):
        contents[_MAIN] = _with_policies(contents[_MAIN], old, app, made)
    contents[_PYPROJECT] = _pyproject(place.name, old, app, contents, made).encode()
    if any(WAYS.encode() in text for name, text in contents.items() if name.endswith(".py")):
        contents[f"{WAYS}.py"] = _TEMPLATE.read_bytes()
    for name, text in sorted(contents.items()):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(text)
        made.files.append(name)
    return made


def _app_of(old: Path) -> str:
    """The variable that holds the app."""
    file = old / _MAIN
    if not file.is_file():
        raise UsageError(
            f"There is no {_MAIN} in {old}. Name the folder of a Chalice project, that `.chalice` is in."
        )
    try:
        tree = Source(file.read_bytes(), str(file)).tree
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{file} cannot be read as Python: {error}.") from error
    calls = Names.of(tree).made("Chalice", tree)
    if not calls:
        raise UsageError(f"{file} makes no Chalice app: nothing in it is called as Chalice(app_name=…).")
    return calls[0]


def _contents(old: Path, made: Conversion) -> Iterator[tuple[str, bytes]]:
    """Every file that is part of the project, by its new path, converted."""
    for path in sorted(old.rglob("*")):
        parts = path.relative_to(old).parts
        if not path.is_file() or path.is_symlink() or _is_left_out(old, parts):
            continue
        name = "/".join(parts[1:] if parts[0] == _VENDOR else parts)
        text = path.read_bytes()
        if path.suffix == ".py" and parts[0] != _VENDOR:
            text, remarks = convert(text, "/".join(parts))
            made.remarks += [(name, each) for each in remarks]
        yield name, text
    if (old / _VENDOR).is_dir():
        made.remarks.append(
            (
                _VENDOR,
                Remark(0, "What is in it stands beside app.py now, as Chalice's bundles have it.", False),
            )
        )


def _is_left_out(old: Path, parts: tuple[str, ...]) -> bool:
    if any(part in _NOT_TAKEN or (part.startswith(".") and part != ".gitignore") for part in parts):
        return True
    return any((old.joinpath(*parts[:length]) / "pyvenv.cfg").is_file() for length in range(1, len(parts)))


def _with_policies(text: bytes, old: Path, app: str, made: Conversion) -> bytes:
    """The app's module with what its functions may do at the end; the stages' policies are put together."""
    config = _json(old / _CONFIG)
    lines: dict[str, None] = {}
    found = False
    for stage, said in ({"dev": {}} | config.get("stages", {})).items():
        name = {**config, **said}.get("iam_policy_file", f"policy-{stage}.json")
        policy = old / ".chalice" / name
        if {**config, **said}.get("autogen_policy", True) or not policy.is_file():
            continue
        found = True
        with _naming(policy):
            converted = convert_policy(_json(policy), app)
        lines |= dict.fromkeys(converted.lines)
        _note(made, f".chalice/{name}", converted)
    if not found:
        made.remarks.append((_CONFIG, Remark(0, _NO_POLICY)))
    return text.rstrip() + ("\n\n" + "\n".join(lines) + "\n").encode() if lines else text


def _pyproject(name: str, old: Path, app: str, contents: dict[str, bytes], made: Conversion) -> str:
    requirements = old / _REQUIREMENTS
    needs = convert_requirements(requirements.read_text(encoding="utf-8") if requirements.is_file() else "")
    _note(made, _REQUIREMENTS, needs)
    # Lambda has it, so that a Chalice project may well not say so.
    uses_sdk = any(b"import boto3" in text for file, text in contents.items() if file.endswith(".py"))
    if uses_sdk and not any(line.lower().startswith("boto3") for line in needs.lines):
        needs.lines.append("boto3")
    with _naming(old / _CONFIG):
        config = convert_config(_json(old / _CONFIG))
    _note(made, _CONFIG, config)
    if (old / _PYPROJECT).is_file():
        made.remarks.append((_PYPROJECT, Remark(0, "The old one is not taken over: a new one is written.")))
    return pyproject(name, f"app:{app}", needs.lines, config.tables)


def _json(file: Path) -> dict[str, Any]:
    """What a file says, nothing where there is none."""
    if not file.is_file():
        return {}
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} cannot be read: {error}.") from error
    if not isinstance(said, dict):
        raise UsageError(f"{file} cannot be read: it is no JSON object.")
    return said


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Say of which file it is that something in it is not of the form that Chalice knows."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(f"{file} cannot be understood: {type(error).__name__}: {error}.") from error


def _note(made: Conversion, file: str, converted: Converted) -> None:
    made.remarks += [(file, Remark(0, sentence)) for sentence in converted.remarks]
