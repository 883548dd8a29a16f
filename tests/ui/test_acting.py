"""What handlers ask of the machine that their window stands on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.desk import Announce, ChooseFiles, CloseWindow, Copy, Dropped, OpenWindow, Paste, Request
from hipflask.core.errors import DrawingError, UsageError, WindowError
from hipflask.ui.uploads import UploadedFile
from hipflask.ui.wire import Event
from hipflask.ui.workers import Workers
from ui.sessions import page_of, session_of


class Desk:
    """A machine that answers at once what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Request]] = []
        self.answers: dict[type, Any] = {}

    def ask(self, window: str, request: Request) -> Any:
        self.asked.append((window, request))
        answer = self.answers.get(type(request))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def desk() -> Desk:
    return Desk()


Do = Callable[[Callable[[], Any]], list[Any]]


@pytest.fixture
def do(workers: Workers, desk: Desk) -> Do:
    """Runs a handler in the window called "w", and says what it returned or raised."""

    def run(handler: Callable[[], Any]) -> list[Any]:
        came: list[Any] = []

        def note() -> None:
            try:
                came.append(handler())
            except Exception as error:
                came.append(error)

        async def note_later() -> None:
            try:
                came.append(await handler())
            except Exception as error:
                came.append(error)

        def window() -> None:
            ui.button("Do", on_click=note_later if asyncio.iscoroutinefunction(handler) else note)

        session = session_of(window, workers, desk=desk)
        page = page_of(session)
        session.connect(lambda data: None, page["frame"], "w")
        button = session.part.node.children[0]
        session.event(Event(1, button.id, "click", None))
        assert session.wait_for(lambda: not session.is_handling, 10)
        return came

    return run


def test_files_are_chosen_by_the_machine(do: Do, desk: Desk) -> None:
    desk.answers[ChooseFiles] = ["/data/line-up.csv"]
    assert do(lambda: ui.open_file(title="Line-up", types={"Tables": [".csv", "tsv", "*.txt"]})) == [
        Path("/data/line-up.csv")
    ]
    types = (("Tables", ("*.csv", "*.tsv", "*.txt")),)
    assert desk.asked == [("w", ChooseFiles("open", "Line-up", types=types))]


def test_nobody_has_to_choose(do: Do, desk: Desk) -> None:
    desk.answers[ChooseFiles] = []
    assert do(ui.open_file) == [None]
    assert do(ui.open_files) == [[]]
    assert do(lambda: ui.save_file("a.csv", folder=Path("/tmp"))) == [None]
    assert do(ui.choose_folder) == [None]
    kinds = [(request.kind, request.many, request.name) for _, request in desk.asked]  # type: ignore[union-attr]
    assert kinds == [("open", False, ""), ("open", True, ""), ("save", False, "a.csv"), ("folder", False, "")]


def test_types_are_lists_of_endings(do: Do) -> None:
    [error] = do(lambda: ui.open_file(types={"Tables": ".csv"}))
    assert isinstance(error, UsageError)
    assert "types={'Tables': ['.csv', '.tsv']}" in str(error)


def test_the_clipboard_windows_and_notes(do: Do, desk: Desk) -> None:
    desk.answers[Paste] = "text"
    assert do(ui.paste) == ["text"]
    do(lambda: ui.copy(12))
    do(lambda: ui.open_window("/chart", width=300))
    do(ui.close_window)
    do(lambda: ui.notify("Done.", system=True))
    assert [request for _, request in desk.asked] == [
        Paste(), Copy("12"), OpenWindow("/chart", None, 300, None), CloseWindow(), Announce("Done."),
    ]  # fmt: skip


def test_an_async_handler_does_not_stop_everything_while_it_waits(do: Do, desk: Desk) -> None:
    desk.answers[ChooseFiles] = ["/a"]

    async def wrong() -> object:
        return ui.open_file()

    async def right() -> object:
        return await asyncio.to_thread(ui.open_file)

    [error] = do(wrong)
    assert isinstance(error, UsageError)
    assert "await asyncio.to_thread(ui.open_file" in str(error)
    assert do(right) == [Path("/a")]


def test_an_async_handler_may_ask_for_what_has_no_answer(do: Do, desk: Desk) -> None:
    async def copy() -> None:
        ui.copy("text")

    assert do(copy) == [None]
    end = 200
    while not desk.asked and end:
        asyncio.run(asyncio.sleep(0.01))
        end -= 1
    assert desk.asked == [("w", Copy("text"))]


def test_what_the_machine_cannot_do_is_the_handlers_to_know(do: Do, desk: Desk) -> None:
    desk.answers[Copy] = WindowError("There is no clipboard here.")
    [error] = do(lambda: ui.copy("text"))
    assert str(error) == "There is no clipboard here."


def test_paths_that_were_dropped_elsewhere_are_not_taken(workers: Workers, desk: Desk) -> None:
    dropped: list[list[Path]] = []
    desk.answers[Dropped] = ["/data/who.csv", "/data/what.csv"]

    def window() -> None:
        ui.drop_area("Here", on_drop=dropped.append)

    session = session_of(window, workers, desk=desk)
    page = page_of(session)
    session.connect(lambda data: None, page["frame"], "w")
    area = session.part.node.children[0].id
    session.event(Event(1, area, "files", ["who.csv", "other.csv"]))
    session.event(Event(2, area, "files", ["nothing.csv"]))
    session.event(Event(3, area, "files", "who.csv"))
    assert session.wait_for(lambda: not session.is_handling, 10)
    assert dropped == [[Path("/data/who.csv")]]


@pytest.mark.parametrize("is_async", [False, True])
def test_files_that_only_the_window_knows_are_uploaded_all_the_same(
    workers: Workers, desk: Desk, tmp_path: Path, is_async: bool
) -> None:
    came: list[tuple[str, int, str]] = []
    (tmp_path / "who.csv").write_text("Who,first")
    (tmp_path / "what.csv").write_text("What,second")

    def note(file: UploadedFile) -> None:
        came.append((file.name, file.size, file.read_text()))

    async def note_later(file: UploadedFile) -> None:
        note(file)

    def window() -> None:
        ui.upload("Here", on_upload=note_later if is_async else note, multiple=True, accept=[".csv"])

    session = session_of(window, workers, desk=desk)
    page = page_of(session)
    session.connect(lambda data: None, page["frame"], "w")
    upload = session.part.node.children[0].id
    desk.answers[Dropped] = [str(tmp_path / "who.csv"), str(tmp_path / "what.csv")]
    session.event(Event(1, upload, "dropped", None))
    assert session.wait_for(lambda: not session.is_handling, 10)
    assert came == [("who.csv", 9, "Who,first"), ("what.csv", 11, "What,second")]
    desk.answers[Dropped] = [str(tmp_path)]
    session.event(Event(2, upload, "dropped", None))
    session.event(Event(3, upload, "upload", None))
    assert session.wait_for(lambda: not session.is_handling, 10)
    assert len(came) == 2
    assert (tmp_path / "who.csv").exists()  # it was a copy


@pytest.mark.parametrize(
    "act", [lambda: ui.navigate("/"), lambda: ui.open_window("/"), ui.close_window, ui.open_file, ui.paste, lambda: ui.copy("")]
)  # fmt: skip
def test_nothing_is_asked_while_drawing(act: Callable[[], object], workers: Workers) -> None:
    def window() -> None:
        act()

    with pytest.raises(DrawingError, match="was used while drawing"):
        page_of(session_of(window, workers))


def test_an_address_that_would_run_a_script_or_leave_the_app_is_refused(do: Do) -> None:
    for act in (
        lambda: ui.navigate("javascript:alert(1)"),
        lambda: ui.open_window(" java\nscript:alert(1)"),
        lambda: ui.open_window("https://example.org"),
        lambda: ui.open_window("//example.org"),
    ):
        [error] = do(act)
        assert isinstance(error, UsageError)
