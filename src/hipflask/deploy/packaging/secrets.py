"""What must not reach a bundle, which more people and machines can read than the project's folder.

`build` leaves hidden files and keys out and refuses a private key; but a bundle for Lambda is made of projects that were
written beside somebody's credentials, so these are looked for, too, even where `include` asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ...core.errors import BuildError

_KEPT_IN = re.compile(
    r"\.env(\..+)?|.+\.env|credentials(\.(json|csv|ini|txt))?|\.(netrc|pgpass|pypirc|npmrc)"
)
_LARGEST = 1 << 20  # bytes: nobody writes a password into more
# AWS's own: the id of a key is no secret, but a key is never far from it.
# Amazon's manuals have some that end in EXAMPLE.
_KEY = re.compile(
    rb"\b(?:AKIA|ASIA)(?![A-Z0-9]+EXAMPLE\b)[A-Z0-9]{16}\b"
    rb"|(?i:aws_secret_access_key)['\"]?\s*[=:]\s*['\"]?[A-Za-z0-9/+=]{40}(?<!EXAMPLEKEY)(?![A-Za-z0-9/+=])"
)


def refuse_credentials(source: Path, files: Iterable[str]) -> None:
    """Raise BuildError for a file of settings that are a person's own, or one with a key to an AWS account in it."""
    for file in files:
        name = PurePosixPath(file).name
        if _KEPT_IN.fullmatch(name):
            raise BuildError(f"{source / file} {_why('is where passwords are kept', file)}")
        path = source / file
        if path.stat().st_size < _LARGEST and (found := _KEY.search(path.read_bytes())):
            line = path.read_bytes()[: found.start()].count(b"\n") + 1
            raise BuildError(f"{source / file}, line {line}, {_why('holds a key to an AWS account', file)}")


def _why(what: str, file: str) -> str:
    return (
        f"{what}, and would be in the bundle. On Lambda a function's role is its key; give it other secrets by reference: "
        f'secrets in [tool.hipflask.deploy]. Leave the file out: exclude = ["{file}"] in [tool.hipflask], and no include that names it.'
    )
