"""Reads of a drawing: each is a live query, known to the index before it runs and precise once it has run.

A drawing's reads have sessions of their own, one for each, and belong to the part that made it. What a relationship loads later, in
whatever part, is followed by that part as well: a row that it finds loaded already was read, and is followed, by the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import ORMExecuteState, Session

from ...core import context
from ...core.context import Recorder
from ...core.errors import DrawingError
from ..engine import is_write
from ..models.rows import DRAWING, Row, kept_key
from .queries import LiveQueries, LiveQuery, Read
from .reading import Shape, shape_of


class _Run:
    """One statement that a session of a drawing runs: who owns the session, and the live query that is to learn of its rows."""

    def __init__(self, owner: Recorder) -> None:
        self.owner = owner
        self.query: LiveQuery | None = None


_running: ContextVar[_Run | None] = ContextVar("hipflask.reading", default=None)


class Drawn:
    """The reads of drawings on one store."""

    def __init__(self, live: LiveQueries, start: Callable[[], None]) -> None:
        self._live = live
        self._start = start  # the feed that tells live queries of changes
        self._shapes: WeakKeyDictionary[Any, Shape] = WeakKeyDictionary()

    def session(self, bind: Engine | Connection, owner: Recorder) -> Session:
        """A session for one read of a drawing."""
        session = Session(bind, autoflush=False, info={DRAWING: owner})
        event.listen(session, "do_orm_execute", _run)
        return session

    def reading(self, connection: Connection, cursor_context: Any) -> None:
        """A statement is about to run: if that is for a drawing, follow what it reads."""
        recorder = context.recorder.get()
        if recorder is None:
            return
        if is_write(cursor_context.statement):
            raise DrawingError(
                "Something was written to the store while drawing, which would make the window draw itself for ever. "
                "Write in a handler: `on_click=Player.create, args={…}`, `on_click=player.delete`."
            )
        self._start()
        run = _running.get()
        shape, reads = self._reads(cursor_context)
        query = LiveQuery(self._live, reads)
        for each in {recorder, run.owner} if run is not None else {recorder}:
            each.record(query)
        if run is not None and shape.shows_rows:
            run.query = query
        else:
            query.settle(None)

    def _reads(self, cursor_context: Any) -> tuple[Shape, list[Read]]:
        parameters = (cursor_context.compiled_parameters or [{}])[0]
        shape = self._shape(cursor_context.compiled, cursor_context.dialect)
        reads = [
            Read(read.table, {each.column: each.value(parameters) for each in read.equalities}, read.columns)
            for read in shape.reads
        ]
        return shape, reads

    def _shape(self, compiled: Any, dialect: Any) -> Shape:
        statement = getattr(getattr(compiled, "compile_state", None), "statement", None)
        if statement is None:
            return Shape()
        known = self._shapes.get(compiled)
        if known is None:
            known = self._shapes[compiled] = shape_of(statement, compiled.bind_names, dialect)
        return known


def _run(state: ORMExecuteState) -> Any:
    """Run one statement of a drawing, and tell its live query which rows it has shown."""
    if not state.is_select:
        return None
    token = _running.set(run := _Run(state.session.info[DRAWING]))
    try:
        result = state.invoke_statement()
    finally:
        _running.reset(token)
    if run.query is None:
        return result
    frozen = result.freeze()
    run.query.settle(_keys(frozen.data))
    return frozen()


def _keys(data: Collection[Any]) -> set[Any] | None:
    """The keys of the rows in a result, as SQLite keeps them; None if it does not consist of rows of one model."""
    shown = [each if isinstance(each, Row) else each[0] if len(each) == 1 else None for each in data]
    rows = [each for each in shown if isinstance(each, Row)]
    return {kept_key(row) for row in rows} if len(rows) == len(shown) else None
