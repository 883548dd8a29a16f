"""Three whole templates as they were agreed upon. Made anew by HIPFLASK_MAKE_ANEW=1, and then looked at by a person."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from deployed import APPS, made

from hipflask.deploy.changes import between
from hipflask.deploy.template import render

HERE = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("name", APPS)
def test_a_template_is_as_it_was_agreed_upon(name: str) -> None:
    """Nothing in a stack changes because Hipflask has changed, unless somebody has looked at it."""
    file, found = HERE / f"{name}.json", made(name)
    if os.environ.get("HIPFLASK_MAKE_ANEW") == "1":
        file.write_bytes(render(found))
    known = json.loads(file.read_bytes())
    assert found == known, "\n".join(between(known, found).lines)


@pytest.mark.parametrize("name", APPS)
def test_the_same_app_gives_the_same_bytes(name: str) -> None:
    """Even in another process, where sets have another order."""
    assert render(made(name)) == (HERE / f"{name}.json").read_bytes()
