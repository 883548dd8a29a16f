"""Several changes of one table at once: Alembic's batch, with our additions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations, ops


class Batch:
    """Alembic's batch, without what is done already."""

    def __init__(self, steps: Any, batch: BatchOperations) -> None:
        self._steps = steps
        self._batch = batch
        self._run = batch.invoke
        self._dropped: set[str] = set()  # in this batch, so that they may be added again
        batch.invoke = self._invoke  # type: ignore[method-assign]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def _invoke(self, operation: ops.MigrateOperation) -> Any:
        if isinstance(operation, ops.DropIndexOp | ops.CreateIndexOp):
            raise ValueError(
                "Indexes are made and dropped outside of a batch: op.create_index(…), op.drop_index(…)."
            )
        name = _name_of(operation)
        if name not in self._dropped and self._steps.passes_over(operation):
            return None
        if isinstance(operation, ops.DropConstraintOp | ops.DropColumnOp):
            self._dropped.add(name)
        self._steps.note(operation)
        return self._run(operation)


def _name_of(operation: Any) -> str:
    if isinstance(operation, ops.AddColumnOp):
        return str(operation.column.name)
    return str(getattr(operation, "constraint_name", None) or getattr(operation, "column_name", ""))


def leave_out_calculated(batch: Any, _: sa.Table) -> None:
    """SQLite takes no values for generated columns, which Alembic would copy like all others."""
    for name, column in batch.columns.items():
        if column.computed is not None:
            batch.column_transfers[name].pop("expr", None)
