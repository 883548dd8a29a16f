"""How quickly a screen takes what it is sent."""

from __future__ import annotations

import time

from hipflask import Hipflask, ui
from hipflask.testing import User
from hipflask.ui.pace import KEPT, Pace


def test_a_frame_takes_until_it_is_painted() -> None:
    pace = Pace()
    for _ in range(KEPT + 5):
        pace.sent()
        pace.painted()
    pace.sent()
    time.sleep(0.02)
    pace.painted()
    assert (pace.frames, len(pace.seconds)) == (KEPT + 6, KEPT)
    assert pace.seconds[-1] >= 0.02 > pace.seconds[0]


def test_an_app_knows_the_pace_of_its_windows(app: Hipflask) -> None:
    """One for each that is open; none for those that have been closed."""
    count = ui.State(0)

    @app.window("/")
    def window() -> None:
        ui.text(count)

    assert app.paces() == []
    with User(app) as one, User(app) as other:
        one.open("/")
        other.open("/")
        for number in range(1, 4):
            count.set(number)
            one.see(str(number))
            other.see(str(number))
        paces = app.paces()
        assert [pace.frames for pace in paces] == [3, 3]
        assert all(0 < seconds < 3 for pace in paces for seconds in pace.seconds)
    assert app.paces() == []
