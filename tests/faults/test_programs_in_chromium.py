"""Random programs in the real client: after any changes the document shows what the session believes it shows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from faults.waiting import wait_until
from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from hipflask.ui.live import LiveSession
from ui.programs import Program, World, apply, changes, programs, window_of


class Stage(NamedTuple):
    """One page for all examples: a program is only another thing to draw."""

    page: Page
    session: LiveSession
    program: ui.State[Callable[[], None]]


@pytest.fixture
def stage(
    show: Callable[[Callable[[], None]], Page], app: Hipflask, caplog: pytest.LogCaptureFixture
) -> Stage:
    def nothing() -> None: ...

    program: ui.State[Callable[[], None]] = ui.State(nothing)

    def window() -> None:
        program.value()

    caplog.set_level(logging.CRITICAL, app.logger.name)  # the programs fail when they are told to
    page = show(window)
    [session] = host_of(app).sessions()
    return Stage(page, session, program)


@settings(
    max_examples=min(settings().max_examples // 2, 500),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(programs, st.lists(st.lists(changes, min_size=1, max_size=3), min_size=1, max_size=4))
def test_the_document_shows_what_the_session_believes_it_shows(
    stage: Stage, program: Program, history: list[list[tuple[str, int, Any]]]
) -> None:
    world = World()
    stage.program.set(window_of(program, world))
    for moment in history:
        for change in moment:
            apply(change, world)
        stage.session.handled()
        wait_until(lambda: stage.session.wait_until_settled(0.05), "rest")
    assert stage.page.evaluate("hipflask.tree()") == _plain(stage.session.root)


def _plain(node: Any) -> Any:
    return [node.id, node.kind.tag, dict(node.props), [_plain(child) for child in node.children]]
