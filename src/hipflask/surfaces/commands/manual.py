"""`hipflask man`: the manual page of a command and of all below it, written from what `--help` knows.

    hipflask man > hipflask.1 && man ./hipflask.1
    hipflask man --folder share/man/man1

The page is in the language of man(7), which every Unix shows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import click

_EXIT_STATUS = (
    ("0", "All went well."),
    ("1", "The command failed; standard error says why."),
    ("2", "The words on the command line do not fit."),
    ("130", "It was interrupted."),
)


def _complete(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The commands that a page can be asked for, for the Tab key."""
    try:
        above = _find(ctx.find_root(), ctx.params.get("names") or ())
    except click.UsageError:
        return []
    return [name for each in _below(above) if (name := each.info_name or "").startswith(begun)]


@click.command()
@click.argument("names", metavar="[COMMAND]...", nargs=-1, shell_complete=_complete)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a page for each command into this folder.",
)
@click.pass_context
def man(ctx: click.Context, names: tuple[str, ...], folder: Path | None) -> None:
    """Print a manual page: of the program, or of one command."""
    found = _find(ctx.find_root(), names)
    if folder is None:
        click.echo(page(found), nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for each in _all(found):
        file = folder / f"{_title(each)}.1"
        file.write_text(page(each), encoding="utf-8")
        click.echo(str(file))


def page(ctx: click.Context) -> str:
    """The page of one command, as man(7)."""
    command, title = ctx.command, _title(ctx)
    short = command.get_short_help_str(200).rstrip(".")
    lines = [
        f'.TH "{title.upper()}" "1" "{datetime.date.today():%Y-%m-%d}"',
        ".SH NAME",
        f"{_escaped(title)} \\- {_escaped(short or title)}",
        ".SH SYNOPSIS",
        f".B {_escaped(ctx.command_path)}",
        _escaped(" ".join(command.collect_usage_pieces(ctx))),
    ]
    if command.help:
        lines += [".SH DESCRIPTION", *_paragraphs(command.help)]
    options = list(_options(ctx))
    if options:
        lines += [".SH OPTIONS", *(line for each in options for line in _item(*each))]
    below = _below(ctx)
    if below:
        lines.append(".SH COMMANDS")
        for each in below:
            lines += _item(each.info_name or "", each.command.get_short_help_str(200))
        lines += [".SH SEE ALSO", ",\n".join(f".BR {_escaped(_title(each))} (1)" for each in below)]
    lines.append(".SH EXIT STATUS")
    lines += (line for each in _EXIT_STATUS for line in _item(*each))
    return "\n".join(lines) + "\n"


def _find(ctx: click.Context, names: tuple[str, ...]) -> click.Context:
    for name in names:
        found = ctx.command.get_command(ctx, name) if isinstance(ctx.command, click.Group) else None
        if found is None:
            raise click.UsageError(f"There is no command {' '.join(names)!r}.")
        ctx = click.Context(found, info_name=name, parent=ctx)
    return ctx


def _below(ctx: click.Context) -> list[click.Context]:
    if not isinstance(ctx.command, click.Group):
        return []
    found = ((name, ctx.command.get_command(ctx, name)) for name in ctx.command.list_commands(ctx))
    return [
        click.Context(each, info_name=name, parent=ctx)
        for name, each in found
        if each is not None and not each.hidden
    ]


def _all(ctx: click.Context) -> Iterator[click.Context]:
    yield ctx
    for each in _below(ctx):
        yield from _all(each)


def _title(ctx: click.Context) -> str:
    return ctx.command_path.replace(" ", "-")


def _options(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in ctx.command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            yield record


def _item(name: str, words: str) -> list[str]:
    return [".TP", f".B {_escaped(name)}", _escaped(words) or "\\&"]


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.replace("\b\n", "").split("\n\n"):
        yield ".PP"
        is_example = all(line.startswith("    ") for line in paragraph.splitlines())
        yield from [".nf", _escaped(paragraph), ".fi"] if is_example else [_escaped(paragraph)]


def _escaped(text: str) -> str:
    """Plain text: nothing in it means anything to roff."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in escaped.split("\n"))
