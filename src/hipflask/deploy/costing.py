"""`hipflask cost`: the estimate as a table, with its formula and its prices."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import ScriptInfo, pass_script_info

if TYPE_CHECKING:
    from .cost import Estimate, Item

_WIDTH = 100


@click.command()
@click.option("--stage", default="dev", show_default=True, metavar="NAME", help="Whose settings are meant.")
@click.option(
    "--requests", default=100_000.0, show_default=True, help="A month, of browsers, voices and assistants."
)
@click.option("--messages", default=10_000.0, show_default=True, help="A month, to each queue.")
@click.option(
    "--events",
    default=10_000.0,
    show_default=True,
    help="A month, to each function for files, news, streams.",
)
@click.option("--calls", default=1_000.0, show_default=True, help="A month, of each @app.lambda_function.")
@click.option("--ms", default=100.0, show_default=True, help="Milliseconds that a call takes.")
@click.option("--log-bytes", default=500.0, show_default=True, help="That a call writes to its log.")
@click.option("--gb-out", default=1.0, show_default=True, help="Sent to the world in a month.")
@click.option("--gb-stored", default=1.0, show_default=True, help="In each bucket.")
@click.option(
    "--load", "loads", multiple=True, metavar="NAME=CALLSxMS", help="For one function: thumbnail=5000x1200."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_script_info
def cost(
    info: ScriptInfo, /, stage: str, loads: Sequence[str], ms: float, as_json: bool, **load: Any
) -> None:
    """Estimate what the app costs on AWS in a month.

    From its template and a load; nothing is asked of AWS, and nothing is deployed.
    """
    from ..build.reading.configuration import read_project
    from .configuration import read_settings
    from .cost import Load, estimate
    from .describing import describe
    from .loading import load_app
    from .prices import prices_with
    from .template import CodeLocation, template

    project = read_project(info.app_import_path, Path.cwd())
    settings = read_settings(project.folder, project.program, stage)
    description = describe(load_app(info, settings), project.app)
    made = template(description, settings, CodeLocation("bundles", "bundle.zip"))
    of = dict(map(_read, loads))
    _refuse_unknown(of, {each.name for each in description.functions})
    found = estimate(made, Load(milliseconds=ms, of=of, **load), prices_with(settings.table.prices))
    click.echo(as_data(found) if as_json else as_text(found, settings.stack))


def as_text(found: Estimate, stack: str) -> str:
    """The estimate for a person."""
    from .prices import AS_OF, REGION

    lines = [f"{stack} in a month, by list prices of {REGION} as of {AS_OF}:", ""]
    for item in found.items:
        lines += [f"  {item.what:<18} {_dollars(item.cost):>10}   {_sum(item)}"]
        lines += textwrap.wrap(item.formula, _WIDTH, initial_indent=" " * 34, subsequent_indent=" " * 34)
    return "\n".join(
        [
            *lines,
            "",
            f"  {'In all':<18} {_dollars(found.total):>10}",
            f"  {'After what is free':<18} {_dollars(found.total_beyond_free):>10}   every month, if nothing else in the account uses it",
            "",
            "An estimate: not in it are taxes, other regions' prices, what starting a process takes, and what the app asks of others.",
        ]
    )


def as_data(found: Estimate) -> str:
    """The estimate for a program."""
    items = [
        {
            "what": item.what,
            "formula": item.formula,
            "amount": item.amount,
            "unit": item.price.unit,
            "price": item.price.amount,
            "per": item.price.per,
            "free": item.price.free,
            "cost": item.cost,
        }
        for item in found.items
    ]
    return json.dumps(
        {"items": items, "total": found.total, "total_beyond_free": found.total_beyond_free}, indent=2
    )


def _sum(item: Item) -> str:
    price = item.price
    per = price.unit.removesuffix("s") if price.per == 1 else f"{price.per:,.0f} {price.unit}"
    free = f", {price.free:,.0f} free" if price.free else ""
    return f"{_amount(item.amount)} {price.unit} at ${_plain(price.amount)} per {per}{free}"


def _amount(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _plain(amount: float) -> str:
    return f"{amount:.10f}".rstrip("0").rstrip(".")


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}"


def _read(text: str) -> tuple[str, tuple[float, float]]:
    name, _, load = text.partition("=")
    calls, _, ms = load.partition("x")
    try:
        return name, (float(calls), float(ms))
    except ValueError:
        raise click.UsageError(
            f"--load {text} cannot be read: write NAME=CALLSxMS, as in thumbnail=5000x1200."
        ) from None


def _refuse_unknown(loads: Any, known: set[str]) -> None:
    if unknown := sorted(set(loads) - known):
        raise click.UsageError(
            f"--load {unknown[0]}=…: there is no such function; there is {', '.join(sorted(known))}."
        )
