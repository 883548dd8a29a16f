"""Actions and their registry."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import pytest

from hipflask.core.action import Action, Door, Registry
from hipflask.core.errors import LateRegistration
from hipflask.core.signature import plan

language: ContextVar[str] = ContextVar("language", default="en")


def who(base: str) -> str:
    """Who plays there?

    The nine of us.
    """
    return base


def test_doors_of_one_function_share_an_action_and_are_found_by_surface() -> None:
    registry = Registry()
    action = registry.add(who, Door("api", "/who"))
    assert registry.add(who, Door("command", "who")) is action
    assert [(found.name, door.name) for found, door in registry.doors("command")] == [("who", "who")]
    assert (action.help, action.description) == ("Who plays there?", "Who plays there?\n\nThe nine of us.")


def test_nothing_is_added_once_a_surface_has_started() -> None:
    registry = Registry()
    registry.start("web")
    with pytest.raises(
        LateRegistration, match=r"@app\.api\('/who'\) on who came too late: .*web has started"
    ):
        registry.add(who, Door("api", "/who"))


def test_an_async_function_is_run_to_its_end_and_sees_the_callers_context() -> None:
    async def speak(word: str) -> str:
        await asyncio.sleep(0)
        return f"{word} in {language.get()}"

    token = language.set("fr")
    try:
        assert Action(speak, plan(speak)).call({"word": "oui"}) == "oui in fr"
    finally:
        language.reset(token)
