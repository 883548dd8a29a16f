"""`-` in a value's place: what another program writes into the pipe.

sort names.txt | hipflask uniquify -      one item a line
hipflask note - < letter.txt              the whole text, without the newline that ends it
hipflask order - < order.json             a record
hipflask thumbnail - < photo.jpg          bytes as they are
"""

from __future__ import annotations

import base64
import sys

import click

from ...core.signature import Parameter

DASH = "-"
_READER = f"{__name__}.reader"


def piped(ctx: click.Context, parameter: Parameter) -> str | tuple[str, ...]:
    """Standard input as the words of one parameter; a click.BadParameter if it has been read, or is no text."""
    if ctx.meta.get(_READER):
        raise click.BadParameter(
            f"standard input has gone to {ctx.meta[_READER]!r} already: only one value can be '-'.",
            ctx,
            param_hint=parameter.name,
        )
    ctx.meta[_READER] = parameter.name
    sent = sys.stdin.buffer.read()
    if parameter.only is bytes:
        return base64.b64encode(sent).decode()
    try:
        text = sent.decode()
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            f"standard input is not UTF-8 text (its byte {error.start} is 0x{sent[error.start]:02x}).",
            ctx,
            param_hint=parameter.name,
        ) from None
    if parameter.is_list:
        return tuple(text.splitlines())
    return text.removesuffix("\n").removesuffix("\r")
