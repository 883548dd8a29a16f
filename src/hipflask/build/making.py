"""What `hipflask build` does: bundles for the targets that were asked for, and installers of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BuildError
from ..core.words import join
from .assemble import Choices, assemble
from .bundle import Bundle
from .platforms import USUAL, platform_of
from .platforms.format import Format
from .project import Project
from .targets import ALL, Target
from .why import lines_of, megabytes, parts_of, picture_of

FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle, the files that were made of it, and why others were not."""

    bundle: Bundle
    files: tuple[Path, ...]
    refusals: tuple[str, ...]


def targets_of(systems: Sequence[str], machine: str | None) -> tuple[Target, ...]:
    """The targets that these words name; this computer's own where there are none."""
    if "all" in systems:
        return (
            ALL
            if machine is None
            else tuple(each for each in ALL if each == Target.parse(each.system, machine))
        )
    if not systems:
        host = Target.host()
        return (host if machine is None else Target.parse(host.system, machine),)
    return tuple(dict.fromkeys(Target.parse(system, machine) for system in systems))


def make(
    project: Project,
    target: Target,
    output: Path,
    formats: Sequence[str],
    choices: Choices,
    say: Callable[[str], None],
) -> Made:
    """Make a bundle in `output` and what was asked for of it; raises BuildError if nothing of that can be made."""
    wanted = _formats(target, formats)
    folder = output / target.name / platform_of(target).folder_name(project)
    bundle = assemble(project, target, folder, choices, say)
    files, refusals = [], []
    for format in wanted:
        refusal = format.needs()
        if refusal is not None:
            refusals.append(refusal)
            continue
        file = output / format.file_name(bundle)
        say(file.name)
        format.make(bundle, file)
        files.append(file)
    if refusals and formats and not files:
        raise BuildError("\n".join(refusals))
    return Made(bundle, tuple(files), tuple(refusals))


def summary(made: Made) -> list[str]:
    """What there is now, a line for each, and what there is not."""
    size = sum(layer.size for layer in made.bundle.layers)
    lines = [f"{made.bundle.folder}  {megabytes(size)}"]
    lines += [f"{file}  {megabytes(file.stat().st_size)}" for file in made.files]
    return [*lines, *(f"Not made: {refusal}" for refusal in made.refusals)]


def explain(made: Made, output: Path) -> str:
    """What takes the space, as lines; and the path of a picture of it."""
    bundle = made.bundle
    parts = parts_of(bundle.layers)
    picture = output / f"{bundle.project.program}-{bundle.project.version}-{bundle.target}.svg"
    title = f"{bundle.project.name} {bundle.project.version}, {bundle.target}"
    picture.write_text(picture_of(parts, title), encoding="utf-8")
    return f"{lines_of(parts)}\n{picture}"


def _formats(target: Target, names: Sequence[str]) -> list[Format]:
    known = platform_of(target).FORMATS
    wanted = [name for name in names or USUAL[target.system] if name != FOLDER]
    for name in wanted:
        if name not in known:
            raise BuildError(
                f"There is no format {name!r} for {target.system}. Write {join([*known, FOLDER], 'or')}."
            )
    return [known[name] for name in wanted]
