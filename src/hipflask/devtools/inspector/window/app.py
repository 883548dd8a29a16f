"""The windows of the inspector, one for each view, in an app that is given to it."""

from __future__ import annotations

from typing import Any

from ..source import Source
from .inspection import Inspection
from .page import page
from .views import (
    activity,
    changes,
    crash,
    logs,
    network,
    past,
    profile,
    queries,
    sessions,
    store,
    sync,
    trace,
)

SIZE = {"width": 1280, "height": 820}


def add_windows(app: Any, source: Source) -> Inspection:
    """Give an app the windows through which one looks into `source`; the caller closes what comes back."""
    inspection = Inspection.of(source)

    def window(path: str, view: str) -> Any:
        return app.window(path, title=f"{view} · Inspector", **SIZE)

    @window("/", "Sessions")  # type: ignore[untyped-decorator]
    def sessions_window(session: str = "") -> None:
        if (report := inspection.report) is not None:
            with page(
                inspection,
                "Report",
                "What went wrong, as the program wrote it down: names and places, and nothing that anybody typed.",
            ):
                crash.draw(inspection, report)
            return
        with page(
            inspection,
            "Sessions",
            "Every open window: what it shows, which line drew it, and what it remembers.",
        ):
            sessions.draw(inspection, session)

    @window("/activity", "Activity")  # type: ignore[untyped-decorator]
    def activity_window(session: str = "") -> None:
        with page(inspection, "Activity", "Everything that was done, and why."):
            activity.draw(inspection, session)

    @window("/trace", "Activity")  # type: ignore[untyped-decorator]
    def trace_window(id: str = "") -> None:
        with page(inspection, "Activity", "One trace: from what a person did to what the screen showed."):
            trace.draw(inspection, id)

    @window("/queries", "Live queries")  # type: ignore[untyped-decorator]
    def queries_window() -> None:
        with page(inspection, "Live queries", "What drawings follow, and who has whom drawn again."):
            queries.draw(inspection)

    @window("/network", "Network")  # type: ignore[untyped-decorator]
    def network_window() -> None:
        with page(inspection, "Network", "What screens are sent, and how soon it is painted."):
            network.draw(inspection)

    @window("/store", "Store")  # type: ignore[untyped-decorator]
    def store_window() -> None:
        with page(inspection, "Store", "How large it is, who writes, and which statements take the time."):
            store.draw(inspection)

    @window("/changes", "Changes")  # type: ignore[untyped-decorator]
    def changes_window() -> None:
        with page(inspection, "Changes", "The change log: which rows were written, newest first."):
            changes.draw(inspection)

    @window("/sync", "Sync")  # type: ignore[untyped-decorator]
    def sync_window() -> None:
        with page(inspection, "Sync", "What waits for the hub, and what it has refused."):
            sync.draw(inspection)

    @window("/logs", "Logs")  # type: ignore[untyped-decorator]
    def logs_window() -> None:
        with page(inspection, "Logs", "What the program has logged."):
            logs.draw(inspection)

    @window("/profile", "Profile")  # type: ignore[untyped-decorator]
    def profile_window() -> None:
        with page(inspection, "Profile", "Where the time goes."):
            profile.draw(inspection)

    @window("/past", "Time travel")  # type: ignore[untyped-decorator]
    def past_window(session: str = "") -> None:
        with page(
            inspection, "Time travel", "What a window showed after each frame, and what its states were."
        ):
            past.draw(inspection, session)

    return inspection
