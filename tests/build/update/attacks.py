"""What happens to a program that is attacked: nothing, and it says so.

Whoever attacks controls what the program reads, and sometimes one of the keys; never what is on the computer already.
"""

from __future__ import annotations

from typing import Any

import pytest
from shop import (
    FOR_LAUNCHER,
    Program,
    Shop,
    layers,
)

from hipflask.build.update.report import status
from hipflask.core.errors import UpdateError


def refused(program: Program, words: str, **other: Any) -> str:
    """An update is refused in these words; nothing outside of `updates` has changed, and the program starts."""
    before = program.outside()
    with pytest.raises(UpdateError, match=words) as said:
        program.update(**other)
    sentence = str(said.value)
    assert program.outside() == before
    assert program.version == "1.1"
    assert " ".join(sentence.split()) in status(program.installation)
    if FOR_LAUNCHER.is_file():
        assert program.start() == "1.1"
    assert not list((program.folder / "layers").glob(".*"))
    return sentence


def goes_on(program: Program, shop: Shop, **other: Any) -> None:
    """When the attack is over, an honest update is taken."""
    shop.sell("9.0", layers("9.0"))
    assert program.update(**other)
    assert program.version == "9.0"


def changed(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]
