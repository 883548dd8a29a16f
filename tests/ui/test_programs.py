"""Random programs: a window that has lived through any changes shows what one that has just been opened shows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.ui.workers import Workers
from ui.programs import Boom, Program, World, apply, changes, programs, window_of
from ui.sessions import drawn, page_of, screen_of, session_of
from ui.trees import as_wire, without_ids


@settings(max_examples=max(250, settings().max_examples))
@given(programs, st.lists(st.lists(changes, min_size=1, max_size=3), min_size=1, max_size=8))
def test_a_window_that_has_lived_shows_what_a_new_one_shows(
    workers: Workers, program: Program, history: list[list[tuple[str, int, object]]]
) -> None:
    world = World()
    function = window_of(program, world)
    session = session_of(function, workers)
    screen = screen_of(session)
    try:
        for moment in history:
            for change in moment:
                apply(change, world)
            session.handled()  # as after every handler: what was changed in place is noticed
            assert session.wait_until_settled(60)
            assert screen.failure is None
            assert as_wire(screen.tree.root) == drawn(session)
            fresh = session_of(function, workers)
            try:
                tree = page_of(fresh)["tree"]
            except Boom:
                continue
            finally:
                fresh.close()
            assert without_ids(as_wire(screen.tree.root)) == without_ids(tree)
    finally:
        session.close()
