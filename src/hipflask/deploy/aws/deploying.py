"""`hipflask deploy`: from a bundle and a template to a stack, by way of a difference that somebody has agreed to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..template import CodeLocation, render
from .account import Account
from .attempt import PREVIOUS, Attempt, Deployed, Json, Person, plain
from .depot import Depot
from .presence import missing
from .stacks import resources_of, template_of
from .standing import Place, Stack


@dataclass(frozen=True)
class Release:
    """What is to be put on AWS, and where."""

    place: Place
    bundle: Path
    digest: str
    template: Callable[[CodeLocation], Json]


def deploy(account: Account, release: Release, person: Person, *, wait: bool, repair: bool) -> Deployed:
    """Put a release on AWS, once the person has seen and agreed to what that changes."""
    attempt = Attempt(account, release.place, person)
    stack = attempt.ready(wait=wait)
    after = release.template(_sent(attempt.depot, release, person))
    if stack is None:
        return attempt.change(None, None, after)
    before = template_of(account, stack)
    if not repair:
        _tell_missing(account, stack, person)
        if plain(before) == plain(after):
            return Deployed.of(stack, has_changed=False)
    return attempt.change(stack, before, _following(after, before, attempt.depot), repair=repair)


def _sent(depot: Depot, release: Release, person: Person) -> CodeLocation:
    """Where the bundle lies, after it has been sent if it was not there."""
    depot.prepare()
    with person.uploading(release.bundle.name, release.bundle.stat().st_size) as progress:
        return CodeLocation(depot.bucket, depot.put_bundle(release.bundle, release.digest, progress))


def _tell_missing(account: Account, stack: Stack, person: Person) -> None:
    """CloudFormation changes what the template changes, and does not look whether the rest is still there."""
    for resource in missing(account, resources_of(account, stack)):
        kind = resource.kind.removeprefix("AWS::")
        person.tell(
            f"{resource.name} ({kind} {resource.physical}) was deleted outside of this stack. --repair has AWS make it again."
        )


def _following(after: Json, before: Json, depot: Depot) -> Json:
    """The template, saying which one was before it."""
    previous = depot.key_of_template(render(before))
    return {**after, "Metadata": {**after.get("Metadata", {}), PREVIOUS: previous}}
