"""One attempt of somebody to change a stack: what may stand in the way, what they are shown and asked, and what comes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...core.errors import DeployError
from ..changes import between
from ..template import render
from .account import Account
from .changesets import ChangeSet, execute, proposed
from .depot import Depot
from .stacks import before_this, find_ours, follow, last_event, who_changes
from .standing import Place, Stack, Standing, obstacle
from .story import Story

PREVIOUS = "HipflaskPrevious"  # in a template's Metadata: where the template before it lies
Json = dict[str, Any]


class Person(Protocol):
    """Whoever deploys, at a terminal or not."""

    def tell(self, line: str) -> None:
        """Say what is going on."""

    def agree(self, question: str) -> bool:
        """Ask for a yes; raises DeployError where nobody can be asked."""

    def uploading(self, name: str, size: int) -> contextlib.AbstractContextManager[Callable[[int], None]]:
        """Show how far the sending of so many bytes has come."""


@dataclass(frozen=True)
class Deployed:
    """What came of it."""

    stack: str
    status: str
    has_changed: bool
    outputs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack, *, has_changed: bool) -> Deployed:
        """What a stack is now."""
        return cls(stack.name, stack.status, has_changed, stack.outputs)


@dataclass(frozen=True)
class Attempt:
    """Who wants to change which stack, and where."""

    account: Account
    place: Place
    person: Person

    @property
    def depot(self) -> Depot:
        """Where bundles and templates lie."""
        return Depot(self.account, self.place.stack)

    def ready(self, *, wait: bool) -> Stack | None:
        """The stack, which can be changed as it stands; None if there is none yet. Raises DeployError if it cannot."""
        stack = self.rested() if wait else find_ours(self.account, self.place)
        if stack is None:
            return None
        if stack.standing is Standing.PLANNED:
            self.person.tell(
                f"A first deploy of {stack.name} was shown to somebody who did not go on; it is removed."
            )
            self._remove(stack)
            return None
        if stack.status == "ROLLBACK_COMPLETE" and self.person.agree(
            f"{stack.name} could not be created the last time, and nothing of it runs ({stack.status}). "
            "Delete what is left, and go on?"
        ):
            self._remove(stack)
            return None
        self.refuse_if_obstructed(stack)
        return stack

    def rested(self) -> Stack | None:
        """The stack, after whatever somebody else was doing with it has come to its end; None if there is none."""
        stack = find_ours(self.account, self.place)
        if stack is None or stack.standing is not Standing.BUSY:
            return stack
        self.person.tell(f"Waiting for {stack.name} ({stack.status}) …")
        with self.leaving():
            follow(self.account, stack.id, before_this(self.account, stack), self.person.tell)
        return find_ours(self.account, self.place)

    def refuse_if_obstructed(self, stack: Stack) -> None:
        """Raise DeployError for a stack that cannot be changed as it stands, saying what to do first."""
        who = who_changes(self.account, stack) if stack.standing is Standing.BUSY else ""
        if why := obstacle(stack, self.place, who):
            raise DeployError(why)

    def change(
        self, stack: Stack | None, before: Json | None, after: Json, *, repair: bool = False
    ) -> Deployed:
        """Ask Amazon what a template would change, show it, and have it done if the person agrees."""
        url = self.depot.url_of(self.depot.put_template(render(after)))
        with proposed(self.account, self.place, stack, url, repair=repair) as change_set:
            if change_set is None:
                assert stack is not None  # a first change set has changes
                return Deployed.of(stack, has_changed=False)
            if not self._agreed(before, after, change_set, repair):
                raise DeployError("Nothing was changed.")
            last = last_event(self.account, change_set.stack_id)
            execute(self.account, change_set)
            with self.leaving():
                now, story = follow(self.account, change_set.stack_id, last, self.person.tell)
        if now.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeployError(failure(now, story, self.place))
        return Deployed.of(now, has_changed=True)

    @contextlib.contextmanager
    def leaving(self) -> Iterator[None]:
        """Whoever stops watching stops nothing else; neither do credentials that expire meanwhile."""
        try:
            yield
        except DeployError:
            raise
        except (KeyboardInterrupt, Exception):
            self.person.tell(
                f"\nAWS goes on with it. `hipflask deploy{self.place.words} --follow` watches again, "
                f"`hipflask deploy{self.place.words} --cancel` calls off an update."
            )
            raise

    def _agreed(self, before: Json | None, after: Json, change_set: ChangeSet, repair: bool) -> bool:
        changes, account = between(before and plain(before), plain(after), change_set.replaced), self.account
        tell = self.person.tell
        tell(f"{self.place.stack} in {account.region}, account {account.number}, as {account.who}:")
        for line in changes.lines:
            tell(f"  {line}")
        for name in sorted(change_set.adopted):
            tell(f"  {name} is there already, and is taken over with what lies in it.")
        if repair:
            tell("  What was deleted or altered outside becomes as the template says.")
        lost = ", and lose for good what is marked with an exclamation mark" if changes.losses else ""
        return self.person.agree(f"Change that{lost}?")

    def _remove(self, stack: Stack) -> None:
        """Remove a stack of which nothing runs."""
        last = last_event(self.account, stack.id)
        self.account.client("cloudformation").delete_stack(StackName=stack.id)
        now, story = follow(self.account, stack.id, last, lambda _: None)
        if now.standing is not Standing.GONE:
            raise DeployError(
                "\n  ".join([f"{stack.name} could not be deleted ({now.status}):", *story.why()])
            )


def failure(stack: Stack, story: Story, place: Place) -> str:
    """What went wrong, the root cause first, and how things are now."""
    match stack.status:
        case "UPDATE_ROLLBACK_COMPLETE":
            now = "AWS has rolled it back: what was there before runs on, unchanged."
        case "ROLLBACK_COMPLETE":
            now = f"Nothing of it runs. `hipflask deploy{place.words}` deletes what is left, and tries again."
        case _:
            now = obstacle(stack, place) or ""
    why = story.why() or [stack.reason or "AWS gave no reason."]
    return "\n".join(["\n  ".join([f"{stack.name} was not deployed ({stack.status}):", *why]), now]).rstrip()


def plain(template: Json) -> Json:
    """The template without what only says where it comes from."""
    metadata = {key: value for key, value in template.get("Metadata", {}).items() if key != PREVIOUS}
    rest = {key: value for key, value in template.items() if key != "Metadata"}
    return {**rest, "Metadata": metadata} if metadata else rest
